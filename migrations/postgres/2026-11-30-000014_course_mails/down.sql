DROP TABLE course_mails;
