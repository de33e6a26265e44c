"""The workstation's rooms. Empty on purpose: importing one room must not build the whole house."""
