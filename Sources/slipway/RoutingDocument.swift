import Documents

/// What tables and lines say of the documents of routes and rules, whose values stand under two keys.
extension JSONValue {
    /// `src` and `srclen` of a rule, and the same of `dst`.
    func network(_ key: String) -> String? {
        guard let address = self[key]?.string else { return nil }
        return self[key + "len"]?.integer.map { "\(address)/\($0)" } ?? address
    }

    /// Of a route or of one of its ways: `gateway`, or the host of `via` where it is of the other family.
    var router: String? { self["gateway"]?.string ?? self["via"]?["host"]?.string }
}
