#!/bin/sh
# Runs once, when the volume is new: a role and a database for Prefect, apart from ours.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$PREFECT_DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE prefect LOGIN PASSWORD :'password';
CREATE DATABASE prefect OWNER prefect;
SQL
