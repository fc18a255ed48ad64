import Documents
import TestSupport

extension OperationGenerator {
    mutating func neighborOperation(_ kind: OperationKind) -> Operation {
        switch kind {
        case .neighborFlush:
            var words =
                maybe(70) { ["dev", $0.link()] }
                + maybe(40) { ["to", $0.pick("10.0.0.0/24", "10.0.0.0/8", "2001:db8::/64")] }
            words += maybe(50) { ["nud", $0.pick("permanent", "failed", "noarp")] }
            if words.isEmpty { words = ["nud", "failed"] }
            // ip flushes what another program keeps whatever is asked; we flush what is asked.
            let hasForeign = ["-4", "-6"].contains { family in
                state["\(family) neighbor show"].contains {
                    if case .object(let all) = $0 { all.keys.contains("extern_learn") } else { false }
                }
            }
            if hasForeign { words = ["to", "10.0.1.0/24"] }
            let isVersion6 = words.contains { $0.contains(":") }
            return Operation(kind, family: isVersion6 ? "-6" : "-4", ["neighbor", "flush"] + words)
        case .neighborDelete:
            guard random.chance(85), let words = present() else {
                return Operation(kind, ["neighbor", "delete", address(), "dev", link()])
            }
            return Operation(kind, ["neighbor", "delete"] + words)
        case .neighborProxy:
            return Operation(
                kind,
                ["neighbor", random.chance(80) ? "add" : "replace", "proxy", address(), "dev", link()]
                    + maybe(25) { ["protocol", $0.pick("static", "77")] } + maybe(15) { _ in ["router"] })
        case .neighborReplace: return change(kind, "replace", 60)
        case .neighborChange: return change(kind, "change", 80)
        default: return change(kind, "add", 8)
        }
    }

    private mutating func address() -> String {
        if random.chance(4) { return pick("224.0.0.5", "0.0.0.0", "255.255.255.255", "::", "ff02::5") }
        return random.chance(50) ? "10.0.0.\(random.number(50...56))" : "2001:db8::5\(random.number(0...6))"
    }

    private mutating func change(_ kind: OperationKind, _ verb: String, _ isPresent: Int) -> Operation {
        var words = ["neighbor", verb]
        if random.chance(isPresent), let there = present(), !there.contains("proxy") {
            words += there
        } else {
            words += [address(), "dev", link()]
        }
        words += maybe(85) { ["lladdr", $0.hardwareAddress()] }
        words += maybe(70) { ["nud", $0.pick("permanent", "stale", "noarp", "reachable", "none", "failed")] }
        words += maybe(20) { _ in ["router"] } + maybe(15) { _ in ["extern_learn"] }
        words += maybe(20) { ["protocol", $0.pick("static", "77", "zebra")] }
        return Operation(kind, words)
    }

    /// One that is there: its address and link.
    private mutating func present() -> [String]? {
        let all = ["-4", "-6"].flatMap { state["\($0) neighbor show"] + state["\($0) neighbor show proxy"] }
        guard let neighbor = random.any(all), let address = neighbor["dst"]?.string else { return nil }
        let link = neighbor["dev"]?.string ?? self.link()
        // `proxy` is a key of those, with nothing as its value.
        if case .object(let members) = neighbor, members.keys.contains("proxy") {
            return ["proxy", address, "dev", link]
        }
        return [address, "dev", link]
    }

    mutating func forwardingOperation(_ kind: OperationKind) -> Operation {
        let dynamic = state["fdb"].filter { $0["mac"]?.string?.hasPrefix("02") == true }
        if kind == .forwardingDelete, random.chance(85), let entry = random.any(dynamic) {
            let flags = (entry["flags"]?.array ?? []).compactMap(\.string)
            let words = [entry["mac"]?.string ?? "", "dev", entry["ifname"]?.string ?? ""]
            let vlan = entry["vlan"]?.word.map { ["vlan", $0] } ?? []
            let place = flags.contains("self") ? ["self"] : ["master"]
            return Operation(kind, ["fdb", "delete"] + words + vlan + place)
        }
        let verb = kind == .forwardingReplace ? pick("replace", "append") : kind == .forwardingAdd ? "add" : "delete"
        var words = ["fdb", verb, hardwareAddress(), "dev", random.chance(60) ? link(underKind: "bridge") : link()]
        words += [pick("master", "master", "self")]
        if verb != "delete" { words += maybe(70) { [$0.pick("permanent", "static", "dynamic")] } }
        words += maybe(15) { ["vlan", $0.pick("1", "7", "4094")] } + maybe(10) { _ in ["sticky"] }
        return Operation(kind, words)
    }
}
