#!/bin/sh
# Runs once, when the volume is new: a role and a database for Prefect, apart from ours; and the account that the flows
# run as, which has the rights of nguon_writer and no more.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$PREFECT_DATABASE_PASSWORD" --set worker="$NGUON_WORKER_PASSWORD" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE prefect LOGIN PASSWORD :'password';
CREATE DATABASE prefect OWNER prefect;
CREATE ROLE nguon_writer NOLOGIN;
CREATE ROLE nguon_worker LOGIN PASSWORD :'worker' IN ROLE nguon_writer;
SQL
