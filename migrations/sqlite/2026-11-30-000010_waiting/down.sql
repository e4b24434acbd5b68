DROP INDEX threads_first_waiting;
