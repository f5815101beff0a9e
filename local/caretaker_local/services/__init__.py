"""What AWS's services do and ministack's do not, one module or package per service."""
