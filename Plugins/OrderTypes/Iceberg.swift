// `iceberg`: a limit order of which the book shows a part at a time.

import OESPluginKit

struct Iceberg: OrderType {
    static let description = describe(
        "iceberg", "Iceberg",
        Part.schema(
            "A limit order that shows only a part of its quantity at a time.", price: "required",
            required: ["display_quantity"],
            [
                """
                "display_quantity": {"type": "number", "x-oes-format": "quantity",
                    "exclusiveMinimum": 0, "title": "Shown at a time", "x-oes-order": 1,
                    "description": "What others see of it; below the quantity."}
                """
            ],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "iceberg", "quantity": "1000",
                 "price": "150.00", "time_in_force": "gtc", "params": {"display_quantity": "100"}}
                """,
            then: "Bids for 1000 while the book shows 100. When those are bought it shows the "
                + "next 100, behind the other orders at 150.00."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            var place = input.place(.limit(try input.requiredPrice("iceberg")))
            let shown = input.order.params.required(0)
            guard shown < place.quantity else {
                let given = input.instrument.show(quantity: shown)
                let all = input.instrument.show(quantity: place.quantity)
                throw Reject(
                    code: "display_too_large", field: "params.display_quantity",
                    text: "An iceberg order shows less than its quantity \(all), given was "
                        + "\(given). Give less, or send a limit order.",
                    values: "display_quantity=\(given), quantity=\(all)")
            }
            place.displayQuantity = shown
            return .place(place)
        }
    }
}
