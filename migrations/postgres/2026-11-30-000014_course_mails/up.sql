-- cohort: mails about a course that are neither reminder nor announcement (a welcome, the news of a certificate), and for whom
-- they are: as they leave, it is asked whether that learner still takes part and wants mail
CREATE TABLE course_mails (
  message_id BIGINT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE
);
CREATE INDEX course_mails_of ON course_mails (enrolment_id);
