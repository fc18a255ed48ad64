import Documents
import TestSupport

extension OperationGenerator {
    mutating func routeOperation(_ kind: OperationKind) -> Operation {
        switch kind {
        case .routeDelete: return deletion(kind, isWhole: true)
        case .routeDeletePartly: return deletion(kind, isWhole: false)
        case .routeFlush: return flush(kind)
        case .routeReplace: return route(kind, "replace", isPresent: 50)
        case .routeChange: return route(kind, "change", isPresent: 70)
        case .routeAppend: return route(kind, "append", isPresent: 60)
        case .routePrepend: return route(kind, "prepend", isPresent: 60)
        default: return route(kind, "add", isPresent: 8)
        }
    }

    /// One to set: to a destination that has a route, in so many of a hundred.
    private mutating func route(_ kind: OperationKind, _ verb: String, isPresent: Int) -> Operation {
        var isVersion4 = random.chance(55)
        switch kind {
        case .route4: isVersion4 = true
        case .route6, .routeSource: isVersion4 = false
        default: break
        }
        var words = ["route", verb]
        if kind == .routeType || random.chance(4) {
            words.append(
                pick("blackhole", "unreachable", "prohibit", "throw", "local", "broadcast", "multicast", "anycast"))
        }
        words.append(destination(isVersion4, isPresent: isPresent))
        if kind == .routeSource || random.chance(3) {
            words += ["from", pick("2001:db8:7::/64", "2001:db8:8::1", "2001:db8:7::/48")]
        }
        if isVersion4 { words += maybe(12) { ["tos", $0.pick("0x04", "0x10", "0x08", "4", "0xff")] } }
        words += properties(isVersion4)
        if kind == .routeMetrics || random.chance(6) { words += metrics() }
        switch kind {
        case .routeMultipath:
            for _ in 0..<random.number(1...3) { words += ["nexthop"] + hop(isVersion4) }
        case .routeByNexthop: words += ["nhid", random.any(state["nexthop"])?["id"]?.word ?? number(1...9)]
        case .routeEncap: words += encapsulation() + way(isVersion4)
        case .routeType: words += maybe(30) { ["dev", $0.link()] }
        default: words += way(isVersion4)
        }
        return Operation(kind, family: isVersion4 ? "-4" : "-6", words)
    }

    private mutating func destination(_ isVersion4: Bool, isPresent: Int) -> String {
        if random.chance(isPresent), let route = random.any(removable(isVersion4)), let text = route["dst"]?.string {
            return text
        }
        if random.chance(12) { return "default" }
        if isVersion4 {
            return pick(
                "10.1.0.0/16", "10.2.0.0/16", "10.3.3.0/24", "10.4.4.4", "10.5.5.128/25", "192.0.2.0/24", "10.0.0.0/24",
                "224.1.0.0/16", "10.6.6.6/16", "203.0.113.0/24")
        }
        return pick(
            "2001:db8:1::/48", "2001:db8:2::/48", "2001:db8:3::/64", "2001:db8:4::4", "2001:db8:5::/56", "fd00::/8",
            "2001:db8::/64", "ff05::/16", "2001:db8:6::6/48", "2001:db8:7::/64")
    }

    /// Those that somebody made: without the kernel's own most are, and the links stay reachable.
    private func removable(_ isVersion4: Bool) -> [JSONValue] {
        let all = state[isVersion4 ? "-4 route show table all" : "-6 route show table all"]
        let made = all.filter { $0["protocol"]?.string != "kernel" }
        return made.isEmpty ? all : made
    }

    private mutating func properties(_ isVersion4: Bool) -> [String] {
        var words = maybe(35) { ["metric", $0.random.chance(60) ? $0.pick("7", "8", "9") : $0.number(1...4_000)] }
        words += maybe(25) { ["table", $0.pick("7", "100", "1000", "local", "default", "4000000000")] }
        words += maybe(25) { ["proto", $0.pick("static", "77", "bird", "dhcp", "ra", "kernel")] }
        words += maybe(8) { ["scope", $0.pick("link", "host", "global", "site")] }
        words += maybe(1) { ["src", isVersion4 ? $0.host6() : $0.host4()] }
        if isVersion4 {
            words += maybe(15) { ["src", $0.host4()] } + maybe(6) { ["realms", $0.pick("5", "5/7", "1/2")] }
        } else {
            words += maybe(15) { ["src", $0.host6()] } + maybe(15) { ["pref", $0.pick("low", "medium", "high")] }
            words += maybe(8) { ["expires", $0.number(2_000...9_000)] }
        }
        return words
    }

    private mutating func metrics() -> [String] {
        var words = maybe(50) { ["mtu"] + $0.maybe(30) { _ in ["lock"] } + [$0.number(600...9_000)] }
        words += maybe(20) { ["advmss", $0.number(500...9_000)] } + maybe(20) { ["window", $0.number(1...70_000)] }
        words +=
            maybe(20) { ["rtt", $0.number(1...999) + $0.pick("ms", "s")] }
            + maybe(20) { ["rttvar", $0.number(1...999) + "ms"] }
        words += maybe(20) { ["rto_min", $0.number(1...999) + "ms"] } + maybe(10) { ["ssthresh", $0.number(1...99)] }
        words += maybe(10) { ["cwnd"] + $0.maybe(50) { _ in ["lock"] } + [$0.number(1...99)] }
        words += maybe(10) { ["reordering", $0.number(1...99)] } + maybe(20) { ["hoplimit", $0.number(0...300)] }
        words += maybe(20) { ["initcwnd", $0.number(1...99)] } + maybe(20) { ["initrwnd", $0.number(1...99)] }
        words += maybe(20) { ["quickack", $0.number(0...1)] } + maybe(10) { _ in ["features", "ecn"] }
        words += maybe(10) { ["congctl", $0.pick("cubic", "reno", "nosuch")] }
        words += maybe(10) { ["fastopen_no_cookie", $0.number(0...1)] }
        return words
    }

    private mutating func gateway(_ isVersion4: Bool) -> [String] {
        if random.chance(2) { return ["via", isVersion4 ? host6() : host4()] }
        if isVersion4 { return ["via"] + (random.chance(12) ? ["inet6", host6()] : [host4()]) }
        return ["via", random.chance(10) ? pick("fe80::9", "2001:db8:9::9") : host6()]
    }

    /// A gateway, a link, or both.
    private mutating func way(_ isVersion4: Bool) -> [String] {
        switch random.number(0...9) {
        case 0...3: gateway(isVersion4)
        case 4...6: gateway(isVersion4) + ["dev", link()] + maybe(35) { _ in ["onlink"] }
        case 7...8: ["dev", link()]
        default: []
        }
    }

    private mutating func hop(_ isVersion4: Bool) -> [String] {
        var words = random.chance(85) ? gateway(isVersion4) : []
        words += maybe(60) { ["dev", $0.link()] } + maybe(40) { ["weight", $0.number(1...256)] }
        if words.isEmpty || random.chance(15) { words += ["onlink"] }
        if isVersion4 { words += maybe(8) { ["realms", $0.pick("5", "3/4")] } }
        words += maybe(8) { $0.encapsulation() }
        return words
    }

    mutating func encapsulation() -> [String] {
        switch random.number(0...6) {
        case 0, 1:
            ["encap", "seg6", "mode", pick("inline", "encap", "l2encap", "encap.red"), "segs"]
                + [pick("2001:db8::1", "2001:db8::1,2001:db8::2", "fc00::1,fc00::2,fc00::3")]
        case 2, 3:
            ["encap", "ip", "id", number(0...99_999), "dst", host4()] + maybe(50) { ["src", $0.host4()] }
                + maybe(50) { ["ttl", $0.number(0...255)] } + maybe(50) { ["tos", $0.number(0...255)] }
                + maybe(20) { _ in ["key"] } + maybe(20) { _ in ["csum"] } + maybe(20) { _ in ["seq"] }
        case 4:
            ["encap", "ip6", "id", number(0...99_999), "dst", host6()] + maybe(50) { ["src", $0.host6()] }
                + maybe(50) { ["hoplimit", $0.number(0...255)] } + maybe(50) { ["tc", $0.number(0...255)] }
        case 5: ["encap", "mpls", pick("100", "100/200", "16/17/18")] + maybe(50) { ["ttl", $0.number(1...255)] }
        default:
            ["encap", "seg6local", "action"]
                + random.pick([
                    ["End"], ["End.X", "nh6", "2001:db8::9"], ["End.DX6", "nh6", "2001:db8::9"],
                    ["End.T", "table", "100"], ["End.DT6", "table", "254"], ["End.DX4", "nh4", "10.0.0.9"],
                    ["End.B6.Encaps", "srh", "segs", "fc00::1,fc00::2"], ["End", "flavors", "psp"],
                ])
        }
    }

    /// One that is there, by all that it says or by a part of that; now and then one that is not.
    private mutating func deletion(_ kind: OperationKind, isWhole: Bool) -> Operation {
        let isVersion4 = random.chance(50)
        let family = isVersion4 ? "-4" : "-6"
        guard random.chance(85), let route = random.any(removable(isVersion4)) else {
            return Operation(
                kind, family: family,
                ["route", "delete", destination(isVersion4, isPresent: 50)] + properties(isVersion4))
        }
        var words = ["route", "delete"]
        let keep = isWhole ? 100 : random.number(10...80)
        if let type = route["type"]?.string, type != "unicast" { words += maybe(max(keep, 50)) { _ in [type] } }
        words.append(route["dst"]?.string ?? "default")
        if let source = route["from"]?.string { words += maybe(max(keep, 50)) { _ in ["from", source] } }
        if let table = route["table"]?.string { words += maybe(max(keep, 60)) { _ in ["table", table] } }
        for (key, word) in [
            ("tos", "tos"), ("gateway", "via"), ("dev", "dev"), ("metric", "metric"), ("protocol", "proto"),
            ("scope", "scope"), ("prefsrc", "src"),
        ] {
            guard let value = route[key]?.word, !(key == "scope" && !isVersion4) else { continue }
            words += maybe(keep) { [word, $0.random.chance(94) ? value : $0.other(than: value, of: key, isVersion4)] }
        }
        if keep == 100, let hops = route["nexthops"]?.array {
            for hop in hops {
                words += ["nexthop"]
                if let gateway = hop["gateway"]?.string { words += ["via", gateway] }
                if let dev = hop["dev"]?.string { words += ["dev", dev] }
            }
        }
        return Operation(kind, family: family, words)
    }

    private mutating func other(than value: String, of key: String, _ isVersion4: Bool) -> String {
        switch key {
        case "tos": "0x10"
        case "gateway", "prefsrc": isVersion4 ? host4() : host6()
        case "dev": link()
        case "metric": number(1...99)
        case "protocol": "static"
        default: "link"
        }
    }

    private mutating func flush(_ kind: OperationKind) -> Operation {
        let isVersion4 = random.chance(50)
        var words = ["route", "flush"]
        switch random.number(0...5) {
        case 0: words += ["table", pick("100", "7", "1000")]
        case 1: words += ["proto", pick("static", "77", "bird")]
        case 2: words += ["dev", link()]
        case 3: words += ["root", isVersion4 ? "10.1.0.0/16" : "2001:db8:1::/48"]
        case 4: words += ["exact", isVersion4 ? "10.2.0.0/16" : "2001:db8:2::/48"]
        default: words += ["type", pick("blackhole", "unreachable", "prohibit")]
        }
        return Operation(kind, family: isVersion4 ? "-4" : "-6", words)
    }

    mutating func nexthopOperation(_ kind: OperationKind) -> Operation {
        if kind == .nexthopDelete {
            return Operation(kind, ["nexthop", "delete", "id", random.any(state["nexthop"])?["id"]?.word ?? "3"])
        }
        var words = ["nexthop", random.chance(85) ? "add" : "replace", "id", number(1...12)]
        let singles = state["nexthop"].filter { $0["group"] == nil }.compactMap { $0["id"]?.word }
        switch random.number(0...9) {
        case 0: words += ["blackhole"]
        case 1...3 where singles.count > 1:
            words += [
                "group", singles.prefix(random.number(1...3)).map { $0 + pick("", ",3", ",7") }.joined(separator: "/"),
            ]
            words += maybe(25) { _ in ["type", "resilient", "buckets", "8", "idle_timer", "3000"] }
        case 4...6: words += ["via", host6(), "dev", link()] + maybe(50) { _ in ["onlink"] }
        default:
            words += ["via", host4(), "dev", link()] + maybe(50) { _ in ["onlink"] } + maybe(20) { $0.encapsulation() }
        }
        return Operation(kind, words + maybe(20) { _ in ["proto", "static"] })
    }
}
