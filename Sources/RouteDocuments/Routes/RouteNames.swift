package import Kernel
package import RouteNetlink
internal import SystemPackage

/// The names that a host has for the numbers of routing: those of /etc/iproute2, and where a file is missing those that `ip` is
/// built with; and the names of links, which the kernel tells by number.
package struct RouteNames: Sendable {
    /// One kind of number.
    package enum Kind: String, Sendable, CaseIterable {
        case tables = "rt_tables"
        case protocols = "rt_protos"
        case scopes = "rt_scopes"
        case realms = "rt_realms"
        /// The type of service and what became of it.
        case serviceFields = "rt_dsfield"
        case linkGroups = "group"
    }

    private var names: [Kind: [UInt32: String]] = [:]
    private var numbers: [Kind: [String: UInt32]] = [:]
    /// IP protocols, of /etc/protocols.
    private var ipProtocols: [UInt32: String] = [:]
    /// By index.
    package var links: [Int32: String]
    /// What `ip -d route` shows of a route by nexthop object.
    package var nexthops: [UInt32: Nexthop]

    /// What `ip` knows without files (lib/rt_names.c of iproute2 6.1).
    private static let builtIn: [Kind: [UInt32: String]] = [
        .tables: [253: "default", 254: "main", 255: "local"],
        .protocols: [
            0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
            11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel",
            186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
        ],
        .scopes: [0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"],
        .realms: [0: "unknown"], .serviceFields: [0: "0"], .linkGroups: [0: "default"],
    ]
    /// For a host without /etc/protocols, so that the words of rules are understood there.
    private static let usualProtocols: [UInt32: String] = [
        1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp", 51: "ah",
        58: "ipv6-icmp", 132: "sctp", 136: "udplite",
    ]

    package init(of host: HostRoot, links: [Int32: String] = [:], nexthops: [Nexthop] = []) {
        self.links = links
        self.nexthops = Dictionary(nexthops.map { ($0.id, $0) }) { first, _ in first }
        for kind in Kind.allCases {
            var entries = Self.builtIn[kind] ?? [:]
            let file: FilePath = "/etc/iproute2"
            // A file's later line has the last word, as in `ip`; files of NAME.d follow in their order.
            var texts = [host.textIfPresent(file.appending(kind.rawValue))]
            let folder = file.appending(kind.rawValue + ".d")
            for name in host.entriesIfPresent(of: folder) where name.hasSuffix(".conf") {
                texts.append(host.textIfPresent(folder.appending(name)))
            }
            for text in texts.compactMap({ $0 }) {
                for (number, name) in Self.lines(text) { entries[number] = name }
            }
            names[kind] = entries
            numbers[kind] = Dictionary(entries.map { ($0.value, $0.key) }) { min($0, $1) }
        }
        ipProtocols = Self.usualProtocols
        for line in (host.textIfPresent("/etc/protocols") ?? "").split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count >= 2, !words[0].hasPrefix("#"), let number = UInt32(words[1]) {
                ipProtocols[number] = String(words[0])
            }
        }
    }

    /// Lines of a number, which may be hexadecimal, and a name; `#` begins a remark.
    private static func lines(_ text: String) -> [(UInt32, String)] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, let number = Self.number(String(words[0])) else { return nil }
            return (number, String(words[1]))
        }
    }

    /// Decimal, or hexadecimal after `0x`.
    package static func number(_ text: String) -> UInt32? {
        if text.hasPrefix("0x") { return UInt32(text.dropFirst(2), radix: 16) }
        return text.first?.isNumber == true ? UInt32(text) : nil
    }

    /// The name, or the number in decimal.
    package func name(_ kind: Kind, _ number: some BinaryInteger) -> String {
        names[kind]?[UInt32(clamping: number)] ?? "\(number)"
    }

    /// The number that the name stands for, or that the text is.
    package func number(_ kind: Kind, _ text: String) -> UInt32? { numbers[kind]?[text] ?? Self.number(text) }

    /// The number that the name stands for, and no other.
    func number(_ kind: Kind, named name: String) -> UInt32? { numbers[kind]?[name] }

    /// Every name, in order.
    package func all(_ kind: Kind) -> [String] { (numbers[kind] ?? [:]).keys.sorted() }

    /// As `ip` has it: the name, or two hexadecimal digits.
    func serviceField(_ number: UInt8) -> String {
        if let name = names[.serviceFields]?[UInt32(number)] { return name }
        return "0x" + (number < 16 ? "0" : "") + String(number, radix: 16)
    }

    func ipProtocol(_ number: UInt8) -> String { ipProtocols[UInt32(number)] ?? "ipproto-\(number)" }

    package func ipProtocol(_ text: String) -> UInt8? {
        if let number = UInt8(text) { return number }
        return ipProtocols.first { $0.value == text.lowercased() }.flatMap { UInt8(exactly: $0.key) }
    }

    /// A link's name; `if7` where it has gone meanwhile, as `ip` has it.
    package func link(_ index: Int32) -> String { links[index] ?? "if\(index)" }
}

/// A number as C's `%#x` prints it: `0x1f`, and `0` without a prefix.
func hexadecimal(_ value: some BinaryInteger) -> String { value == 0 ? "0" : "0x" + String(value, radix: 16) }
