// Whether a limit that staff set at run time is one that its rule knows, by the same schema as one of
// the operator's file.

import Wire

package struct WrongLimit {
    package let field: String
    package let text: String
    /// Whether the rule has no such limit; else its value is wrong.
    package let isName: Bool
}

extension RiskRuleEntry {
    /// nil where it may be so.
    package func wrongLimit(_ name: String, _ value: String) -> WrongLimit? {
        let object = JSONObject(members: [(name: name, value: .string(value))])
        if let unknown = schemas.limits.unknownField(in: object) {
            return WrongLimit(field: unknown.field, text: unknown.text, isName: true)
        }
        // The others, which may be required, stand in the file.
        let others = limitValues.filter { $0.name != name }
            .map { (name: $0.name, value: JSONValue.string($0.value)) }
        let whole = JSONObject(members: object.members + others)
        guard case .failure(let wrong) = LimitSetting.settings(of: whole, schema: schemas.limits)
        else { return nil }
        return WrongLimit(field: wrong.field, text: wrong.text, isName: false)
    }
}
