DROP TABLE products;
DROP TABLE cards;
