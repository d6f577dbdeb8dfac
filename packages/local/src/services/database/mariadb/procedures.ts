/**
 * The procedures of RDS by which a user keeps the binary log for change data capture: `CALL mysql.rds_set_configuration('binlog retention
 * hours', 24)` ("Accessing MySQL binary logs" in the RDS user guide). RDS removes the log as soon as it can where nothing is set; here it
 * is kept for a week then.
 */
export const RETENTION_PROCEDURES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS mysql.rds_configuration (
     name varchar(100) NOT NULL PRIMARY KEY, value varchar(100), description varchar(300) NOT NULL DEFAULT '')`,
  `INSERT IGNORE INTO mysql.rds_configuration VALUES
     ('binlog retention hours', NULL, 'binlog retention hours specifies the duration in hours before binary logs are automatically deleted.')`,
  `CREATE OR REPLACE DEFINER = CURRENT_USER PROCEDURE mysql.rds_apply_configuration() SQL SECURITY DEFINER
   BEGIN
     DECLARE hours int DEFAULT (SELECT CAST(value AS unsigned) FROM mysql.rds_configuration WHERE name = 'binlog retention hours');
     SET GLOBAL binlog_expire_logs_seconds = IFNULL(hours, 168) * 3600;
   END`,
  `CREATE OR REPLACE DEFINER = CURRENT_USER PROCEDURE mysql.rds_set_configuration(IN wanted varchar(100), IN setting int)
   SQL SECURITY DEFINER
   BEGIN
     IF wanted <> 'binlog retention hours' OR NOT IFNULL(setting BETWEEN 1 AND 168, TRUE) THEN
       SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only binlog retention hours can be set, to NULL or 1 to 168';
     END IF;
     UPDATE mysql.rds_configuration SET value = setting WHERE name = wanted;
     CALL mysql.rds_apply_configuration();
   END`,
  `CREATE OR REPLACE DEFINER = CURRENT_USER PROCEDURE mysql.rds_show_configuration() SQL SECURITY DEFINER
   SELECT name, value, description FROM mysql.rds_configuration`,
];

/** Run by the server itself at every start: what was set outlives it. Before the procedures are made there is a week. */
export const AT_START = `SET GLOBAL binlog_expire_logs_seconds = 168 * 3600;
BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SET @unset = TRUE; CALL mysql.rds_apply_configuration(); END;
`;
