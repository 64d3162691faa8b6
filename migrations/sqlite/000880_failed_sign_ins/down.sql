DROP TABLE access_failed_sign_in;
