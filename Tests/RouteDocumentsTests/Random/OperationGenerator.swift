import Documents
import TestSupport

/// Draws operations from a seed and from what is there: most can be done, some are refused.
struct OperationGenerator: Sendable {
    var random: SeededGenerator
    /// What is there now, which deletions and changes choose from.
    var state = NamespaceState()
    private var deck: [OperationKind] = []
    private var count = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> Operation {
        if deck.isEmpty {
            deck = OperationKind.deck
            deck.shuffle(using: &random)
        }
        count += 1
        return operation(deck.removeLast())
    }

    mutating func operation(_ kind: OperationKind) -> Operation {
        let name = kind.rawValue
        if name.hasPrefix("link") { return linkOperation(kind) }
        if name.hasPrefix("address") { return addressOperation(kind) }
        if name.hasPrefix("route") { return routeOperation(kind) }
        if name.hasPrefix("nexthop") { return nexthopOperation(kind) }
        if name.hasPrefix("rule") { return ruleOperation(kind) }
        if name.hasPrefix("neighbor") { return neighborOperation(kind) }
        return forwardingOperation(kind)
    }

    // MARK: What all draw

    /// Words in so many of a hundred.
    mutating func maybe(_ percent: Int, _ words: (inout OperationGenerator) -> [String]) -> [String] {
        random.chance(percent) ? words(&self) : []
    }

    mutating func pick(_ words: String...) -> String { random.pick(words) }

    mutating func number(_ range: ClosedRange<Int>) -> String { "\(random.number(range))" }

    /// A link that is there; now and then one that is not.
    mutating func link() -> String {
        if random.chance(4) { return "nosuch" }
        return random.any(state.links.filter { $0 != "lo" }) ?? "lo"
    }

    /// One of a kind, or of a master's: those of which `condition` says so, any other where there is none.
    mutating func link(where condition: (JSONValue) -> Bool) -> String {
        let names = state["link"].filter(condition).compactMap { $0["ifname"]?.string }
        return random.any(names) ?? link()
    }

    mutating func link(ofKind kind: String) -> String { link { $0["linkinfo"]?["info_kind"]?.string == kind } }

    mutating func link(underKind kind: String) -> String { link { $0["linkinfo"]?["info_slave_kind"]?.string == kind } }

    /// Unicast, of our own; now and then a group's, which the kernel refuses.
    mutating func hardwareAddress() -> String {
        func byte() -> String {
            let value = random.number(0...255)
            return (value < 16 ? "0" : "") + String(value, radix: 16)
        }
        return "\(random.chance(5) ? "03" : "02"):00:00:\(byte()):\(byte()):\(byte())"
    }

    mutating func host4() -> String { "10.0.\(random.number(0...1)).\(random.number(1...9))" }
    mutating func host6() -> String { "2001:db8:\(random.number(0...1) == 0 ? "" : "1:"):\(random.number(1...9))" }
}

extension JSONValue {
    /// A string, or a number in decimal.
    var word: String? { string ?? integer.map { "\($0)" } }
}
