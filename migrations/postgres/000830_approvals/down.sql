DROP TABLE approval_place;
DROP TABLE approval_request;
