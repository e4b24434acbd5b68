DROP TABLE thread_marks;
