internal import Kernel
internal import Netlink
package import RouteNetlink

extension Route {
    private static let words = [
        "to", "via", "dev", "src", "from", "metric", "priority", "preference", "table", "proto", "protocol", "scope",
        "type", "tos", "dsfield", "onlink", "pervasive", "realms", "pref", "expires", "nhid", "nexthop", "mtu",
        "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd", "initrwnd",
        "rto_min", "quickack", "fastopen_no_cookie", "features", "congctl", "encap", "ttl-propagate", "-4", "-6",
    ]
    private static let hopWords = ["via", "dev", "weight", "onlink", "pervasive", "realms", "encap"]

    /// What the words of `ip route add` say; of a route that is deleted, a type, a scope and a protocol that are not said are any.
    package init(words list: [String], _ words: ObjectWords, isDeleted: Bool) throws(WordError) {
        var parts = RouteParts()
        var reader = WordReader(list)
        while let word = reader.next() {
            if try parts.takePath(word, &reader) { continue }
            if try parts.take(word, &reader, words) { continue }
            if let number = RouteName.types.firstIndex(of: word), number > 0, parts.destination == nil {
                parts.type = RouteType(rawValue: UInt8(clamping: number))
                continue
            }
            guard parts.destination == nil, Self.isDestination(word) else {
                throw .unknownWord(word, of: "route", among: Self.words)
            }
            parts.destination = word
        }
        self = try parts.route(isDeleted: isDeleted)
    }

    private static func isDestination(_ word: String) -> Bool {
        ["default", "any", "all"].contains(word) || IPAddress(word) != nil || IPPrefix(word) != nil
    }

    /// The ways after `nexthop`, each to the next such word.
    static func hop(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> (RouteHop, hasFamily: Bool) {
        var hop = RouteHop()
        var hasFamily = false
        while let word = reader.peek, word != "nexthop" {
            _ = reader.next()
            switch word {
            case "via":
                let (address, saysFamily) = try gateway(&reader)
                hop.gateway = address
                hasFamily = saysFamily
            case "dev": hop.linkIndex = try words.link(word, &reader)
            case "weight": hop.weight = Int(try words.number(word, &reader, 1...256))
            case "onlink": hop.flags.insert(.onLink)
            case "pervasive": hop.flags.insert(.pervasive)
            case "realms", "realm": hop.realms = try words.realms(word, &reader)
            case "encap": hop.encapsulation = try EncapsulationWords.parse(&reader, words)
            default: throw .unknownWord(word, of: "nexthop", among: hopWords)
            }
        }
        return (hop, hasFamily)
    }

    /// After `via`: a gateway, and whether its family was said, which leaves the route's open.
    static func gateway(_ reader: inout WordReader) throws(WordError) -> (IPAddress, hasFamily: Bool) {
        let text = try reader.value(of: "via")
        guard text == "inet" || text == "inet6" else { return (try ObjectWords.address("via", text), false) }
        let address = try ObjectWords.address("via \(text)", try reader.value(of: "via \(text)"))
        guard address.isIPv4 == (text == "inet") else {
            throw WordError(.malformed("\(address)", form: "of the family \(text)"), "via")
        }
        return (address, true)
    }
}

/// What has been read of a route's words.
private struct RouteParts {
    var destination: String?
    var type: RouteType?
    private var isIPv4: Bool?
    private var gateway: IPAddress?
    private var linkIndex: Int32?
    private var preferredSource: IPAddress?
    private var source: IPPrefix?
    private var metric: UInt32 = 0
    private var table: UInt32?
    private var origin: RouteProtocol?
    private var scope: RouteScope?
    private var typeOfService: UInt8 = 0
    private var flags: RouteFlags = []
    private var realms: RouteRealms?
    private var preference: RoutePreference?
    private var lifetime: Duration?
    private var nexthopID: UInt32 = 0
    private var hops: [(RouteHop, hasFamily: Bool)] = []
    /// Of ``gateway``: `via inet6 …`.
    private var hasFamily = false
    /// Every address that was said, those too that a later word takes the place of.
    private var said: [(word: String, address: IPAddress)] = []
    private var metrics = RouteMetrics()
    private var encapsulation: RouteEncapsulation?
    private var propagatesTimeToLive: Bool?

    mutating func take(
        _ word: String, _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> Bool {
        switch word {
        case "-4": isIPv4 = true
        case "-6": isIPv4 = false
        case "to": destination = try reader.value(of: word)
        case "via":
            let (address, hasFamily) = try Route.gateway(&reader)
            gateway = address
            self.hasFamily = hasFamily
            if !hasFamily {
                isIPv4 = isIPv4 ?? address.isIPv4
                said.append((word, address))
            }
        case "dev": linkIndex = try words.link(word, &reader)
        case "src":
            let address = try ObjectWords.address(word, try reader.value(of: word))
            preferredSource = address
            said.append((word, address))
        case "from":
            source = try ObjectWords.anyOrPrefix(word, try reader.value(of: word))
            if let address = source?.address { said.append((word, address)) }
        case "metric", "priority", "preference": metric = try words.number(word, &reader)
        case "table": table = try words.named(word, .tables, &reader)
        case "proto", "protocol": origin = RouteProtocol(rawValue: try words.namedByte(word, .protocols, &reader))
        case "scope": scope = RouteScope(rawValue: try words.namedByte(word, .scopes, &reader))
        case "type":
            let text = try reader.value(of: word)
            guard let number = RouteName.types.firstIndex(of: text) else {
                throw WordError(.notOneOf(text, RouteName.types), word)
            }
            type = RouteType(rawValue: UInt8(clamping: number))
        case "tos", "dsfield": typeOfService = try words.serviceField(word, &reader)
        case "onlink": flags.insert(.onLink)
        case "pervasive": flags.insert(.pervasive)
        case "realms", "realm": realms = try words.realms(word, &reader)
        case "pref":
            let text = try reader.value(of: word)
            let all: [String: RoutePreference] = ["low": .low, "medium": .medium, "high": .high]
            guard let value = all[text] else { throw WordError(.notOneOf(text, ["low", "medium", "high"]), word) }
            preference = value
        case "expires":
            lifetime = .seconds(try LinkOption.number(word, try reader.value(of: word), 1...Int64(Int32.max)))
        case "nhid": nexthopID = try words.number(word, &reader)
        case "encap": encapsulation = try EncapsulationWords.parse(&reader, words)
        case "ttl-propagate":
            let text = try reader.value(of: word)
            guard text == "enabled" || text == "disabled" else {
                throw WordError(.notOneOf(text, ["enabled", "disabled"]), word)
            }
            propagatesTimeToLive = text == "enabled"
        case "nexthop": hops.append(try Route.hop(&reader, words))
        default: return false
        }
        return true
    }

    private static let pathWords: [String: RouteMetrics.Metric] = [
        "mtu": .maximumTransmissionUnit, "window": .window, "rtt": .roundTripTime, "rttvar": .roundTripTimeVariance,
        "ssthresh": .slowStartThreshold, "cwnd": .congestionWindow, "advmss": .advertisedSegmentSize,
        "reordering": .reordering, "hoplimit": .hopLimit, "initcwnd": .initialCongestionWindow,
        "initrwnd": .initialReceiveWindow, "rto_min": .minimumRetransmissionTimeout,
        "quickack": .quickAcknowledgement, "fastopen_no_cookie": .fastOpenWithoutCookie,
    ]

    /// A property of the path, which `lock` before its value keeps from being learned.
    mutating func takePath(_ word: String, _ reader: inout WordReader) throws(WordError) -> Bool {
        if word == "features" {
            let text = try reader.value(of: word)
            guard text == "ecn" else { throw WordError(.notOneOf(text, ["ecn"]), word) }
            metrics[.features] = RouteMetrics.Features.congestionNotification.rawValue
            return true
        }
        if word == "congctl" {
            metrics.congestionControl = try reader.value(of: word)
            return true
        }
        guard let metric = Self.pathWords[word] else { return false }
        if reader.peek == "lock" {
            _ = reader.next()
            metrics[locked: metric] = true
        }
        let text = try reader.value(of: word)
        switch metric {
        case .roundTripTime: metrics[metric] = try Self.time(word, text, perMillisecond: 8)
        case .roundTripTimeVariance: metrics[metric] = try Self.time(word, text, perMillisecond: 4)
        case .minimumRetransmissionTimeout:
            metrics[metric] = try Self.time(word, text, perMillisecond: 1)
            metrics[locked: metric] = true
        case .hopLimit: metrics[metric] = UInt32(clamping: try LinkOption.number(word, text, 0...255))
        default: metrics[metric] = UInt32(clamping: try LinkOption.number(word, text, 0...Int64(UInt32.max)))
        }
        return true
    }

    /// `100ms` or `2s`; without a unit, the kernel's own.
    private static func time(_ word: String, _ text: String, perMillisecond: Int64) throws(WordError) -> UInt32 {
        let largest = Int64(UInt32.max)
        for (unit, milliseconds) in [("ms", Int64(1)), ("s", 1_000)] where text.hasSuffix(unit) {
            let factor = milliseconds * perMillisecond
            let value = try LinkOption.number(word, String(text.dropLast(unit.utf8.count)), 0...largest / factor)
            return UInt32(clamping: value * factor)
        }
        return UInt32(clamping: try LinkOption.number(word, text, 0...largest))
    }

    /// All addresses are of the route's family, but for a gateway of which another is said.
    private func checkFamilies(_ prefix: IPPrefix) throws(WordError) {
        let hops = self.hops.compactMap { hop in hop.hasFamily ? nil : hop.0.gateway.map { ("via", $0) } }
        for (word, address) in said + hops where address.isIPv4 != prefix.address.isIPv4 {
            let family = prefix.address.isIPv4 ? "IPv4" : "IPv6"
            let hint = word == "via" ? ", or 'via \(address.isIPv4 ? "inet" : "inet6") \(address)'" : ""
            throw WordError(.malformed("\(address)", form: "of \(family) as the route is\(hint)"), word)
        }
        if let isIPv4, isIPv4 != prefix.address.isIPv4 {
            throw WordError(.malformed("\(prefix)", form: "of the family -\(isIPv4 ? 4 : 6)"), "to")
        }
    }

    func route(isDeleted: Bool) throws(WordError) -> Route {
        guard let destination else {
            throw WordError(.missing("a destination, such as default or 10.0.0.0/8"), "route")
        }
        let prefix: IPPrefix
        if let said = try ObjectWords.anyOrPrefix("to", destination) {
            prefix = said
        } else {
            let isIPv4 =
                isIPv4 ?? preferredSource?.isIPv4 ?? source?.address.isIPv4 ?? hops.first?.0.gateway?.isIPv4 ?? true
            prefix = isIPv4 ? .defaultIPv4 : .defaultIPv6
        }
        try checkFamilies(prefix)
        // The library would clear them; who says them means something else.
        if prefix.address.isIPv4, prefix != prefix.network {
            throw WordError(.malformed("\(prefix)", form: "without bits past its length: \(prefix.network)"), "to")
        }
        let kind = type ?? .unicast
        var route = Route(
            to: prefix, gateway: gateway, linkIndex: linkIndex, preferredSource: preferredSource, metric: metric,
            protocol: origin ?? (isDeleted ? .unspecified : .boot),
            scope: scope
                ?? (isDeleted
                    ? .nowhere
                    : Route.usualScope(
                        of: kind, isIPv4: prefix.address.isIPv4,
                        hasGateway: gateway != nil || nexthopID != 0 || !hops.isEmpty)),
            type: isDeleted ? type ?? .unspecified : kind, table: table ?? Route.usualTable(of: kind),
            nexthopID: nexthopID)
        route.flags = flags
        route.typeOfService = typeOfService
        if let source { route.source = source }
        if let preference { route.preference = preference }
        if let realms { route.realms = realms }
        if let lifetime { route.lifetime = lifetime }
        if let encapsulation { route.encapsulation = encapsulation }
        if !hops.isEmpty { route.hops = hops.map { $0.0 } }
        if let propagatesTimeToLive { route.propagatesTimeToLive = propagatesTimeToLive }
        if !metrics.attributes.isEmpty { route.metrics = metrics }
        return route
    }
}
