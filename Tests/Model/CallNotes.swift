// What the present call did, as far as the state before and after doesn't tell.

import Base
import Trading

/// A STEP section: what happened to an order that no trade tells.
struct ModelStep: Hashable {
    var kind: OrderStepKind
    /// Trades made before it in the call.
    var trades: Int
    var price: Int64
    var quantity: Int64
    var filled: Int64
    var order: String
    var reason: String
}

struct CallNotes {
    var kind: EventKind
    var symbol: String
    /// The order that the call is about; its section stands first.
    var mainOrder: String?
    /// The first thing that happened to each order, and the orders by when it did.
    var causes: [String: OrderCause] = [:]
    var changed: [String] = []
    /// Children that the call made, in order.
    var createdChildren: [String] = []
    var trades: [ModelTrade] = []
    var steps: [ModelStep] = []
    var ledger: [ModelLedgerEntry] = []
    /// Guards' values and what the rules decided, in the order in which they came.
    var risk: [ModelChange] = []
    /// What counts once the order is taken: rates' fields with their tenths, the same order.
    var rates: [String: Int64] = [:]
    var same: String?
    var isTaken = false
    /// What the main order was asked with, before its price was found.
    var askedPrice: Int64 = 0
    var askedTrigger: Int64 = 0
    var askedPegLimit: Int64 = 0
    /// Children that come with the main order.
    var coming = 0
    var changedThrottles: Set<String> = []
    var touchedAccounts: Set<String> = []
    var touchedPositions: Set<String> = []
    var touchedInstrument = false
    /// A container's state, wakes or timer changed, or a part of the symbol's work was done.
    var hasWorked = false

    /// The order that is trading now: what it holds is counted when it has done.
    var sweeping: String?
    /// Places taken: in books and in the work queue.
    var places: Int64 = 0
    /// Trades made and self-trades prevented.
    var fills = 0
    /// Reduce-only orders that count among their account's since this call.
    var newReducers: Set<String> = []
    /// Whether an error is no rejection of the main order.
    var isRefusedWhole = false
    /// Rounds in which pegged orders moved.
    var repricings = 0
    /// The order that the call has set off and that arrives or is granted more now.
    var settingOff: String?
    /// Triggers fired and trails moved.
    var fires = 0
    /// Lit trades' prices since points were last looked at: the first and the last.
    var litPrices: [Int64] = []
    /// Main orders that filled since families were last looked at, in the order of first fill, and
    /// by how much; those that ended.
    var filledMains: [String] = []
    var filledBy: [String: Int64] = [:]
    var endedMains: [String] = []
    /// The reply's: fills, the last one's price and quantity, of the main order's own arrival.
    var fillNumbers: [Int64] = [0, 0, 0]

    var isEmpty: Bool {
        causes.isEmpty && ledger.isEmpty && touchedAccounts.isEmpty && !touchedInstrument
            && !hasWorked && changedThrottles.isEmpty
    }
}
