"""The host's own OpenAPI document, as what its answers are held against."""

import jsonschema

METHODS = {"get", "put", "post", "delete", "patch"}


class Document:
    def __init__(self, value):
        self.value = value

    def operations(self):
        """(method, pattern, operation) of each, in the document's order."""
        for pattern, item in self.value["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield method.upper(), pattern, operation

    def response(self, operation, status):
        declared = operation["responses"].get(str(status))
        assert declared is not None, (
            f"{operation['operationId']} answered {status}; it declares "
            f"{', '.join(operation['responses'])}")
        if "$ref" in declared:
            declared = self.value["components"]["responses"][declared["$ref"].split("/")[-1]]
        return declared

    def check(self, operation, response):
        """An answer's status, type, headers and every member of its body are as declared."""
        declared = self.response(operation, response.status_code)
        for name in declared.get("headers", {}):
            if name != "Link" and name != "Retry-After":
                assert name in response.headers, f"{name} is missing"
        content = declared.get("content", {})
        if not content:
            assert response.content == b""
            return
        kind = response.headers["Content-Type"].split(";")[0]
        assert kind in [name.split(";")[0] for name in content], kind
        if kind == "application/json":
            self.check_value(response.json(), content[kind]["schema"])

    def check_value(self, value, schema):
        whole = {**schema, "components": self.value["components"]}
        jsonschema.validate(
            value, whole, cls=jsonschema.Draft202012Validator,
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def path_with(pattern, values):
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", value)
    assert "{" not in pattern, f"{pattern}: a parameter without a value"
    return pattern


def path_examples(operation):
    return {
        field["name"]: field["example"]
        for field in operation["parameters"] if field["in"] == "path" and "example" in field}
