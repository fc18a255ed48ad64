import ArgumentParser

/// What a request for one path meets instead of, or before, its answer.
///
/// Written `KIND:PATH[:VALUE][:COUNT]`; a colon in the path is `%3A`. With a count only the first so many requests meet it.
struct Fault: ExpressibleByArgument, Hashable, Sendable {
    enum Effect: Hashable, Sendable {
        /// That status, with an empty body.
        case status(Int)
        /// The answer waits.
        case delay(milliseconds: Int)
        /// The connection is reset (RST), with no answer.
        case reset
        /// The head and half of the body, then the connection ends.
        case truncate
    }

    /// A kind of fault as the command line names it. A kind with `values` needs one of them.
    private struct Kind: Sendable {
        let name: String
        var values: ClosedRange<Int>?
        let effect: @Sendable (Int) -> Effect
    }

    private static let kinds = [
        Kind(name: "status", values: 100...599) { .status($0) },
        Kind(name: "delay", values: 0...600_000) { .delay(milliseconds: $0) },
        Kind(name: "reset") { _ in .reset },
        Kind(name: "truncate") { _ in .truncate },
    ]

    static let help =
        "status:PATH:CODE, delay:PATH:MS, reset:PATH or truncate:PATH, each with :COUNT for the first "
        + "so many requests only (a colon in PATH is %3A); may be repeated."

    let path: RequestPath
    let effect: Effect
    /// How many requests still meet it; nil for all.
    private(set) var remaining: Int?

    init?(argument: String) {
        var fields = argument.split(separator: ":", omittingEmptySubsequences: false)[...]
        guard let name = fields.popFirst(), let kind = Self.kinds.first(where: { $0.name == name }),
            let path = fields.popFirst().flatMap({ RequestPath(target: String($0)) })
        else { return nil }
        var value = 0
        if let values = kind.values {
            guard let number = fields.popFirst().flatMap({ Int($0) }), values.contains(number) else { return nil }
            value = number
        }
        if let field = fields.popFirst() {
            guard let count = Int(field), count > 0 else { return nil }
            remaining = count
        }
        guard fields.isEmpty else { return nil }
        self.path = path
        effect = kind.effect(value)
    }

    /// The effect, if `path` meets this fault; counts it.
    mutating func meet(_ path: RequestPath) -> Effect? {
        guard path == self.path, remaining != 0 else { return nil }
        remaining = remaining.map { $0 - 1 }
        return effect
    }
}
