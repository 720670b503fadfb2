// What a very first start puts into an empty Redis, so that a newcomer can trade within a minute:
// the predecessor's five accounts and a few instruments. OES_SAMPLES=off leaves it empty.

import Base
import Store
import Trading

package enum Samples {
    /// Name and cash in whole dollars.
    static let accountCash: [(name: String, dollars: Int64)] = [
        ("Trading Account 1", 1_000_000), ("Trading Account 2", 500_000),
        ("Trading Account 3", 250_000), ("Trading Account 4", 100_000),
        ("Trading Account 5", 50_000),
    ]

    private static let stocks: [(symbol: String, name: String)] = [
        ("AAPL", "Apple Inc."), ("MSFT", "Microsoft Corporation"), ("GOOGL", "Alphabet Inc."),
        ("AMZN", "Amazon.com, Inc."), ("TSLA", "Tesla, Inc."), ("NVDA", "NVIDIA Corporation"),
    ]

    static var instruments: [Instrument] {
        stocks.map { stock in
            Instrument(
                symbol: stock.symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
                bandBps: 500, name: stock.name, assetType: "stocks")
        } + [
            Instrument(
                symbol: "BTC-USD", priceScale: 2, quantityScale: 8, tickSize: 1, lotSize: 1,
                bandBps: 500, name: "Bitcoin in US dollars", assetType: "crypto")
        ]
    }

    /// Each account gets every instrument: 1,000 shares of a stock, 10 of a coin, at no cost.
    package static var seed: SeedCall {
        let accounts = accountCash.map { account in
            SeedCall.Account(
                balance: Money(account.dollars * Scaled.powersOfTen[Money.scale]),
                profile: AccountProfile(
                    name: account.name, accountType: "trading", riskLevel: "medium"))
        }
        let positions = accounts.indices.flatMap { index in
            instruments.map { instrument in
                SeedCall.Position(
                    account: String(index + 1), symbol: instrument.symbol,
                    quantity: units(of: instrument), price: Price(0))
            }
        }
        return SeedCall(instruments: instruments, accounts: accounts, positions: positions)
    }

    private static func units(of instrument: Instrument) -> Quantity {
        let whole: Int64 = instrument.assetType == "crypto" ? 10 : 1_000
        return Quantity(whole * Scaled.powersOfTen[instrument.quantityScale])
    }
}
