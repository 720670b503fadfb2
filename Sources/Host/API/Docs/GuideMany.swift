// The guide's part about calls on several orders, and the dry run.

import Base

enum GuideMany {
    static func write(into html: inout HTML) {
        html.heading(2, "Many at once, and trying it out", id: "many")
        html.paragraph(
            "A batch places up to \(Limits.batchOrders) orders, in their order, each answered by "
                + "itself: the answer is 200, and each of its `items` has a `status` with an "
                + "`execution` or an `error`. One order's refusal doesn't hold up the others. Each "
                + "counts against the limit of orders.")
        Guide.example("A batch", Guide.post("/api/v1/orders/batch", batch), &html)
        html.paragraph(
            "A dry run says what would become of an order now: `would_be` accepted or rejected, "
                + "what it would trade and cost, and what each rule thinks of it. Nothing is "
                + "recorded. It doesn't look whether the `client_order_id` is used, and another "
                + "order may change its answer at any time.")
        Guide.example("A dry run", Guide.post("/api/v1/orders/test", order), &html)
        html.paragraph(
            "A cancel of all orders that match: any of `account_id`, `symbol`, `side`, `tag`; or "
                + "`all: true` for every order of the key's accounts. A filter beside `all` still "
                + "holds. The answer counts them; while `failed` isn't 0, repeat it.")
        Guide.example(
            "Cancel by tag",
            Guide.post(
                "/api/v1/orders/cancel-all", "{\"account_id\": \"1\", \"tag\": \"guide\"}"),
            &html)
    }

    private static let batch =
        "{\"orders\": [\n"
        + "    {\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", \"quantity\": "
        + "\"10\",\n     \"price\": \"140.00\", \"client_order_id\": \"guide-2\", "
        + "\"tag\": \"guide\"},\n"
        + "    {\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", \"quantity\": "
        + "\"5\",\n     \"price\": \"139.00\", \"client_order_id\": \"guide-3\", "
        + "\"tag\": \"guide\"}]}"

    private static let order =
        "{\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", \"quantity\": \"10\"}"
}
