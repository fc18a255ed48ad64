import Documents
import TestSupport

extension OperationGenerator {
    mutating func addressOperation(_ kind: OperationKind) -> Operation {
        switch kind {
        case .address4: return Operation(kind, ["address", "add"] + address4())
        case .address6: return Operation(kind, ["address", "add"] + address6())
        case .addressPeer:
            let isVersion4 = random.chance(60)
            let words =
                isVersion4
                ? [host4(), "peer", host4() + pick("", "/32", "/24", "/30")]
                : [host6(), "peer", host6() + pick("", "/128", "/64")]
            return Operation(
                kind, ["address", "add"] + words + ["dev", link()] + maybe(30) { ["metric", $0.number(1...999)] })
        case .addressReplace: return replacement(kind)
        case .addressDelete: return deletion(kind)
        default:
            var words = maybe(85) { ["dev", $0.link()] }
            words += maybe(30) { ["scope", $0.pick("global", "link", "host", "site")] }
            words += maybe(30) { ["to", $0.pick("10.0.0.0/24", "10.0.0.0/8", "10.0.1.0/24", "2001:db8::/64", "::/0")] }
            if words.isEmpty { words = ["label", "v0"] }
            // ip asks for the addresses of one family only where it is told which one.
            let isVersion6 = words.contains { $0.contains(":") }
            return Operation(kind, family: isVersion6 ? "-6" : "-4", ["address", "flush"] + words)
        }
    }

    /// An address that is there with other properties, or any.
    private mutating func replacement(_ kind: OperationKind) -> Operation {
        let verb = random.chance(70) ? "replace" : "change"
        guard random.chance(75), let (link, address) = present() else {
            return Operation(kind, ["address", verb] + (random.chance(50) ? address4() : address6()))
        }
        let isVersion4 = address["family"]?.string == "inet"
        let words = [text(address), "dev", link] + (isVersion4 ? properties4() : properties6())
        return Operation(kind, ["address", verb] + words)
    }

    private mutating func deletion(_ kind: OperationKind) -> Operation {
        guard random.chance(80), let (link, address) = present() else {
            return Operation(kind, ["address", "delete"] + (random.chance(50) ? address4() : address6()))
        }
        var words = [text(address)]
        // The wrong length, peer or label is another address.
        if random.chance(15) {
            words = [address["local"]?.string ?? "", "peer", address["address"]?.string ?? host4()]
        }
        words += ["dev", random.chance(90) ? link : self.link()]
        if let label = address["label"]?.string {
            words += maybe(30) { ["label", $0.random.chance(70) ? label : "v0:x"] }
        }
        return Operation(kind, ["address", "delete"] + words)
    }

    private func text(_ address: JSONValue) -> String {
        "\(address["local"]?.string ?? "")/\(address["prefixlen"]?.word ?? "")"
    }

    /// One of those that are there, with its link.
    private mutating func present() -> (String, JSONValue)? {
        let all = state.lists.keys.sorted().filter { $0.hasPrefix("address -") }.flatMap {
            name -> [(String, JSONValue)] in
            let link = String(name.dropFirst("address -4 ".utf8.count))
            return state[name].map { (link, $0) }
        }
        return random.any(all)
    }

    private mutating func address4() -> [String] {
        let address =
            random.chance(8)
            ? pick("0.0.0.0/24", "224.0.0.5/24", "255.255.255.255/32", "127.0.0.5/8", "10.0.0.1/33", "10.0.0.3/0")
            : host4() + "/" + pick("24", "24", "24", "16", "30", "32", "31", "8")
        return [address, "dev", random.chance(95) ? link() : "lo"] + properties4()
    }

    private mutating func properties4() -> [String] {
        var words = maybe(30) { ["brd", $0.pick("+", "-", "10.0.0.255", "10.9.9.9")] }
        words += maybe(15) { ["label", $0.link() + ":" + $0.number(0...9)] }
        words += maybe(20) { ["scope", $0.pick("global", "site", "link", "host", "77")] }
        words += maybe(20) { ["metric", $0.number(1...999)] } + lifetimes()
        words += maybe(10) { _ in ["noprefixroute"] } + maybe(4) { _ in ["autojoin"] }
        words += maybe(4) { ["anycast", $0.host4()] }
        return words
    }

    private mutating func address6() -> [String] {
        let address =
            random.chance(8)
            ? pick(
                "::/64", "ff02::5/64", "::1/128", "fe80::7/64", "2001:db8::1/129", "::ffff:10.0.0.1/128", "2001:db8::/0"
            )
            : host6() + "/" + pick("64", "64", "64", "128", "48", "127")
        return [address, "dev", random.chance(95) ? link() : "lo"] + properties6()
    }

    private mutating func properties6() -> [String] {
        var words = maybe(40) { _ in ["nodad"] } + maybe(20) { ["metric", $0.number(1...999)] } + lifetimes()
        for flag in ["home", "mngtmpaddr", "optimistic", "noprefixroute", "autojoin"] {
            words += maybe(7) { _ in [flag] }
        }
        words += maybe(10) { ["scope", $0.pick("global", "site", "link", "host")] }
        words += maybe(4) { ["anycast", $0.host6()] }
        return words
    }

    /// Longer than the test runs.
    private mutating func lifetimes() -> [String] {
        guard random.chance(20) else { return [] }
        let valid = random.number(2_000...9_999)
        switch random.number(0...4) {
        case 0: return ["valid_lft", "\(valid)", "preferred_lft", "0"]
        case 1: return ["valid_lft", "forever", "preferred_lft", "\(valid)"]
        case 2: return ["valid_lft", "1000", "preferred_lft", "\(valid)"]
        case 3: return ["valid_lft", "0"]
        default: return ["valid_lft", "\(valid)", "preferred_lft", "\(valid - 1_000)"]
        }
    }
}
