// The host's words and the header's numbers for them.

import COESPlugin
import Trading

extension Side {
    var abi: oes_side { self == .buy ? OES_SIDE_BUY : OES_SIDE_SELL }

    init?(_ abi: oes_side) {
        switch abi {
        case OES_SIDE_BUY: self = .buy
        case OES_SIDE_SELL: self = .sell
        default: return nil
        }
    }
}

extension BookKind {
    var abi: oes_book {
        switch self {
        case .lit: OES_BOOK_LIT
        case .internal: OES_BOOK_INTERNAL
        }
    }

    init?(_ abi: oes_book) {
        switch abi {
        case OES_BOOK_LIT: self = .lit
        case OES_BOOK_INTERNAL: self = .internal
        default: return nil
        }
    }
}

extension Pricing {
    var abi: oes_pricing {
        switch self {
        case .limit: OES_PRICING_LIMIT
        case .market: OES_PRICING_MARKET
        }
    }

    init?(_ abi: oes_pricing) {
        switch abi {
        case OES_PRICING_LIMIT: self = .limit
        case OES_PRICING_MARKET: self = .market
        default: return nil
        }
    }
}

extension RemainderPolicy {
    var abi: oes_remainder {
        switch self {
        case .rest: OES_REMAINDER_REST
        case .cancel: OES_REMAINDER_CANCEL
        case .allOrNone: OES_REMAINDER_ALL_OR_NONE
        }
    }

    init?(_ abi: oes_remainder) {
        switch abi {
        case OES_REMAINDER_REST: self = .rest
        case OES_REMAINDER_CANCEL: self = .cancel
        case OES_REMAINDER_ALL_OR_NONE: self = .allOrNone
        default: return nil
        }
    }
}

extension RiskOperation {
    var abi: oes_operation {
        switch self {
        case .submit: OES_OPERATION_SUBMIT
        case .amend: OES_OPERATION_AMEND
        }
    }
}
