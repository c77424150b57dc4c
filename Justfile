# Each line can be typed into any shell. `just` alone checks everything.

# lint, types and tests
check:
    ruff check .
    ruff format --check .
    mypy
    pytest tests -n auto

# the tests of hapi-pytest itself
test:
    pytest tests -n auto

# what can be mended without thought
fix:
    ruff check --fix .
    ruff format .

# the stand-in's recordings, all of them anew
record:
    pytest --record all --min-completion 0

# the documents against the code
docs:
    pytest tests/docs
