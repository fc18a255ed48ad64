import Documents
import TestSupport

extension OperationGenerator {
    mutating func ruleOperation(_ kind: OperationKind) -> Operation {
        let isVersion4 = kind == .rule4 || kind != .rule6 && random.chance(50)
        let family = isVersion4 ? "-4" : "-6"
        switch kind {
        case .ruleFlush:
            // All of a family's would take the three with them that every lookup needs.
            return Operation(kind, family: family, ["rule", "flush", "protocol", pick("static", "77", "boot")])
        case .ruleDelete, .ruleDeletePartly:
            let all = state["\(family) rule show"].filter { !["local", "default"].contains($0["table"]?.string) }
            if random.chance(85), let rule = random.any(all) {
                let words = conditions(of: rule, keeping: kind == .ruleDelete ? 100 : random.number(10...80))
                if !words.isEmpty { return Operation(kind, family: family, ["rule", "delete"] + words) }
            }
            return Operation(kind, family: family, ["rule", "delete"] + conditions(isVersion4) + action())
        default:
            return Operation(kind, family: family, ["rule", "add"] + conditions(isVersion4) + action())
        }
    }

    private mutating func prefix(_ isVersion4: Bool) -> String {
        isVersion4
            ? pick("10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "all", "10.1.2.3/16", "0.0.0.0/0")
            : pick("2001:db8::/32", "2001:db8:1::/48", "2001:db8::7", "all", "2001:db8:1::7/48", "::/0")
    }

    private mutating func conditions(_ isVersion4: Bool) -> [String] {
        var words = maybe(80) { ["priority", $0.random.chance(90) ? $0.number(1...40) : $0.number(0...70_000)] }
        words += maybe(8) { _ in ["not"] } + maybe(45) { ["from", $0.prefix(isVersion4)] }
        words += maybe(25) { ["to", $0.prefix(isVersion4)] }
        words += maybe(20) { ["iif", $0.link()] } + maybe(15) { ["oif", $0.link()] }
        words += maybe(25) {
            ["fwmark", $0.pick("7", "0x10", "0", "1/0xff", "0x0/0xff", "0xffffffff/0xffffffff", "256/255")]
        }
        words += maybe(12) { ["tos", $0.pick("0x04", "0x10", "8", "0xff", "3")] }
        words += maybe(10) { ["uidrange", $0.pick("100-200", "0-0", "5-4294967294", "200-100")] }
        words += maybe(15) { ["ipproto", $0.pick("tcp", "udp", "icmp", "200", "0")] }
        words += maybe(10) { ["sport", $0.pick("80", "1-65535", "7-9", "0")] }
        words += maybe(10) { ["dport", $0.pick("80", "1000-2000", "9-7")] }
        words += maybe(8) { ["tun_id", $0.pick("5", "0", "4294967296")] }
        return words
    }

    private mutating func action() -> [String] {
        switch random.number(0...11) {
        case 0: ["blackhole"]
        case 1: ["unreachable"]
        case 2: ["prohibit"]
        case 3: ["goto", number(0...50)]
        case 4: ["nop"]
        case 5: ["l3mdev"]
        case 6: []
        default:
            [pick("table", "lookup"), pick("main", "7", "100", "1000", "local", "4000000000")]
                + maybe(20) { ["suppress_prefixlength", $0.number(0...40)] }
                + maybe(15) { ["suppress_ifgroup", $0.pick("default", "7", "0")] }
                + maybe(25) { ["protocol", $0.pick("static", "77", "boot", "kernel")] }
                + maybe(8) { ["realms", $0.pick("5", "5/6")] }
        }
    }

    /// What a rule that is there says, in words, or a part of it.
    private mutating func conditions(of rule: JSONValue, keeping keep: Int) -> [String] {
        func prefix(_ key: String) -> String? {
            guard let address = rule[key]?.string, address != "all" else { return nil }
            return rule["\(key)len"]?.word.map { "\(address)/\($0)" } ?? address
        }
        var groups: [[String]] = []
        if rule["not"] != nil { groups.append(["not"]) }
        for (key, word) in [("src", "from"), ("dst", "to")] {
            if let text = prefix(key) { groups.append([word, text]) }
        }
        for (key, word) in [
            ("priority", "priority"), ("tos", "tos"), ("iif", "iif"), ("oif", "oif"), ("ipproto", "ipproto"),
            ("sport", "sport"), ("dport", "dport"), ("tun_id", "tun_id"),
            ("suppress_prefixlen", "suppress_prefixlength"),
            ("suppress_ifgroup", "suppress_ifgroup"), ("goto", "goto"), ("protocol", "protocol"), ("table", "table"),
        ] { if let value = rule[key]?.word, value != "none" { groups.append([word, value]) } }
        if let mark = rule["fwmark"]?.string {
            groups.append(["fwmark", rule["fwmask"]?.string.map { "\(mark)/\($0)" } ?? mark])
        }
        for (first, last, word) in [
            ("uid_start", "uid_end", "uidrange"), ("sport_start", "sport_end", "sport"),
            ("dport_start", "dport_end", "dport"),
        ] {
            if let low = rule[first]?.word, let high = rule[last]?.word { groups.append([word, "\(low)-\(high)"]) }
        }
        if let action = rule["action"]?.string { groups.append([action]) }
        for word in ["nop", "l3mdev"] where rule[word] != nil { groups.append([word]) }
        return groups.filter { _ in random.chance(keep) }.flatMap { $0 }
    }
}
