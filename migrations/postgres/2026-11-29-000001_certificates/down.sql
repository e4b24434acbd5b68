DROP TABLE signing_keys;
DROP TABLE certificates;
