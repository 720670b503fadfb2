// Two records of one kind, and which fields are unlike, in words.

enum FieldDifferences {
    /// `balance is 101, the events say 100; …`; nil where no field differs.
    static func text<Record>(_ stored: Record, _ expected: Record) -> String? {
        let pairs = zip(Mirror(reflecting: stored).children, Mirror(reflecting: expected).children)
        let unlike = pairs.compactMap { here, there -> String? in
            let (left, right) = (plain(here.value), plain(there.value))
            if left == right { return nil }
            return "\(here.label ?? "a field") is \(left), the events say \(right)"
        }
        return unlike.isEmpty ? nil : unlike.joined(separator: "; ")
    }

    /// A number without its type around it.
    private static func plain(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .struct, mirror.children.count == 1,
            let only = mirror.children.first, only.label == "raw"
        {
            return "\(only.value)"
        }
        return "\(value)"
    }
}
