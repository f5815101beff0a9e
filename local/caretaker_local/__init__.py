"""The local cloud: ministack, started in-process, plus what AWS does and ministack does not."""
