# One system by the commands of the project, under the names that people of Terraform know: docs/how-to/make.md
#
#   make                          check the stacks: no account, no credential, no network
#   make plan ENV=dev S3BUCKET=b  the state in s3://b/dev/<stack>, encrypted and locked; without S3BUCKET on this machine
#   make plan ENV=prod OFFLINE=1  what an apply from nothing would make, on the stand-in providers
#   make show PLAN=1              the last plan in place of the state
#   make destroy YES=1            without YES nothing is destroyed

SYSTEM ?= certifications
# The laptop's own: a word that was forgotten reaches no account.
ENV ?= local
S3BUCKET ?=
OFFLINE ?=
PLAN ?=
YES ?=

LAKEWRIGHT = node packages/cli/bin/lakewright.mjs
STACKS = --env '$(ENV)' --system '$(SYSTEM)'
export LAKEWRIGHT_BACKEND = $(if $(S3BUCKET),s3:$(S3BUCKET),local)

.PHONY: validate init plan apply show graph destroy
.DEFAULT_GOAL := validate

validate: node_modules
	@$(LAKEWRIGHT) validate $(STACKS)

init: node_modules
	@$(LAKEWRIGHT) init $(STACKS)

plan: node_modules
	@$(LAKEWRIGHT) plan $(STACKS) $(if $(OFFLINE),--offline)

apply: node_modules
	@$(LAKEWRIGHT) apply $(STACKS)

show: node_modules
	@$(LAKEWRIGHT) show $(STACKS) $(if $(PLAN),--plan)

graph: node_modules
	@$(LAKEWRIGHT) graph $(STACKS)

destroy: node_modules
	@$(LAKEWRIGHT) destroy $(STACKS) $(if $(YES),--yes)

# A fresh clone; what is there already is left alone.
node_modules:
	@node tooling/bootstrap.mjs >&2
