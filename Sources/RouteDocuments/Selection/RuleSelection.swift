internal import Kernel
package import RouteNetlink

/// Which rules the words of `ip rule list` choose: those that say all of what the words say.
package struct RuleSelection: Sendable {
    /// What is said of a rule; nil where nothing is.
    private let wanted: Rule?
    private let isTableWanted: Bool

    /// The family is that of the words' networks where they have one.
    package let family: AddressFamily

    package init(words list: [String], family: AddressFamily, _ words: ObjectWords) throws(WordError) {
        guard !list.isEmpty else {
            wanted = nil
            isTableWanted = false
            self.family = family
            return
        }
        let rule = try Rule(words: list, words, isDeleted: true)
        wanted = rule
        isTableWanted = list.contains("table") || list.contains("lookup")
        let networks = [rule.source, rule.destination].compactMap { $0 }
        guard let own = networks.first.map({ AddressFamily(of: $0.address) }) else {
            self.family = family
            return
        }
        guard family == .unspecified || family == own else {
            throw WordError(.malformed("\(networks[0])", form: "of the family that is asked for"), "rule list")
        }
        self.family = own
    }

    package func matches(_ rule: Rule) -> Bool {
        guard let wanted else { return true }
        if let source = wanted.source, !Self.isInside(rule.source, source) { return false }
        if let destination = wanted.destination, !Self.isInside(rule.destination, destination) { return false }
        if wanted.isInverted, !rule.isInverted { return false }
        if wanted.isOfL3Master, !rule.isOfL3Master { return false }
        if isTableWanted, rule.table != wanted.table { return false }
        if wanted.typeOfService != 0, rule.typeOfService != wanted.typeOfService { return false }
        if wanted.protocol != .unspecified, rule.protocol != wanted.protocol { return false }
        if wanted.action != .unspecified, rule.action != wanted.action { return false }
        return Self.agrees(wanted.priority, rule.priority ?? 0) && Self.agrees(wanted.inputLink, rule.inputLink)
            && Self.agrees(wanted.outputLink, rule.outputLink) && Self.agrees(wanted.mark, rule.mark)
            && Self.agrees(wanted.markMask, rule.markMask) && Self.agrees(wanted.userIDs, rule.userIDs)
            && Self.agrees(wanted.ipProtocol, rule.ipProtocol) && Self.agrees(wanted.sourcePorts, rule.sourcePorts)
            && Self.agrees(wanted.destinationPorts, rule.destinationPorts)
            && Self.agrees(wanted.tunnelID, rule.tunnelID) && Self.agrees(wanted.target, rule.target)
            && Self.agrees(wanted.suppressedPrefixLength, rule.suppressedPrefixLength)
            && Self.agrees(wanted.suppressedGroup, rule.suppressedGroup) && Self.agrees(wanted.realms, rule.realms)
    }

    private static func agrees<Value: Equatable>(_ wanted: Value?, _ value: Value?) -> Bool {
        wanted == nil || wanted == value
    }

    /// A rule for all is inside of none.
    private static func isInside(_ prefix: IPPrefix?, _ network: IPPrefix) -> Bool {
        guard let prefix, prefix.length >= network.length else { return false }
        return network.contains(prefix.address)
    }
}
