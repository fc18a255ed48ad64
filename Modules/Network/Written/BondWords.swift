internal import Documents
internal import Kernel

/// The options of a bond, in the words of `ip link … type bond`, from both formats' (Documentation/networking/bonding.rst has the
/// numbers).
enum BondWords {
    /// How a value reads.
    enum Form {
        case words([String])
        case number(ClosedRange<Int>)
        case flag
        /// In milliseconds.
        case milliseconds
        /// In seconds.
        case seconds
        case addresses
        case mac
        /// Another interface.
        case link
    }

    /// `ip`'s word, netplan's keys, and what stands there. cloud-init's version 1 has the kernel's names, which are `ip`'s.
    static let options: [(word: String, keys: [String], form: Form)] = [
        (
            "mode", ["mode"],
            .words([
                "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb",
            ])
        ),
        ("lacp_rate", ["lacp-rate"], .words(["slow", "fast"])),
        ("miimon", ["mii-monitor-interval"], .milliseconds),
        ("min_links", ["min-links"], .number(0...Int(Int32.max))),
        (
            "xmit_hash_policy", ["transmit-hash-policy"],
            .words(["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"])
        ),
        ("ad_select", ["ad-select"], .words(["stable", "bandwidth", "count"])),
        ("all_slaves_active", ["all-slaves-active", "all-members-active"], .flag),
        ("arp_interval", ["arp-interval"], .milliseconds),
        ("arp_ip_target", ["arp-ip-targets"], .addresses),
        (
            "arp_validate", ["arp-validate"],
            .words(["none", "active", "backup", "all", "filter", "filter_active", "filter_backup"])
        ),
        ("arp_all_targets", ["arp-all-targets"], .words(["any", "all"])),
        ("updelay", ["up-delay"], .milliseconds),
        ("downdelay", ["down-delay"], .milliseconds),
        ("fail_over_mac", ["fail-over-mac-policy"], .words(["none", "active", "follow"])),
        ("num_grat_arp", ["gratuitous-arp", "gratuitious-arp"], .number(0...255)),
        ("packets_per_slave", ["packets-per-slave", "packets-per-member"], .number(0...65_535)),
        ("primary_reselect", ["primary-reselect-policy"], .words(["always", "better", "failure"])),
        ("resend_igmp", ["resend-igmp"], .number(0...255)),
        ("lp_interval", ["learn-packet-interval"], .seconds),
        ("primary", ["primary"], .link),
    ]

    /// What only version 1 has.
    private static let further: [(word: String, keys: [String], form: Form)] = [
        ("active_slave", [], .link), ("use_carrier", [], .flag), ("tlb_dynamic_lb", [], .flag),
        ("ad_actor_sys_prio", [], .number(1...65_535)), ("ad_user_port_key", [], .number(0...1023)),
        ("ad_actor_system", [], .mac), ("num_unsol_na", [], .number(0...255)),
    ]

    static func readVersion2(_ parameters: inout WrittenMapping) throws(NetworkDocumentError) -> [String: String] {
        var result: [String: String] = [:]
        for (word, keys, form) in options {
            for key in keys {
                if let value = parameters.value(key) { result[word] = try read(value, form, bareUnit: form.unit) }
            }
        }
        return result
    }

    /// Keys may begin with `bond-` or `bond_`, as ifupdown has them, and have hyphens.
    static func readVersion1(_ parameters: inout WrittenMapping) throws(NetworkDocumentError) -> [String: String] {
        var result: [String: String] = [:]
        for key in parameters.keys {
            var word = key.replacing("-", with: "_")
            if word.hasPrefix("bond_") { word = String(word.dropFirst(5)) }
            guard let option = (options + further).first(where: { $0.word == word }),
                let value = parameters.value(key)
            else { continue }
            // The kernel's own units there.
            result[word] = try read(value, option.form, bareUnit: option.form.unit)
        }
        return result
    }

    private static func read(
        _ value: WrittenValue, _ form: Form, bareUnit: WrittenValue.Unit
    ) throws(NetworkDocumentError) -> String {
        switch form {
        case .words(let words):
            // The kernel's numbers of them count too.
            if case .integer(let number) = value.value, let index = Int(exactly: number), words.indices.contains(index)
            {
                return words[index]
            }
            return try value.word(of: words)
        case .number(let range): return "\(try value.integer(in: range))"
        case .flag: return try value.boolean() ? "1" : "0"
        case .milliseconds: return "\(try value.duration(bareUnit) / 1000)"
        case .seconds: return "\(try value.duration(bareUnit) / 1_000_000)"
        case .addresses:
            var addresses: [String] = []
            for element in try value.listOrWords() {
                guard case .v4(let address) = try element.address() else { throw element.wanted(.address) }
                addresses.append(address.description)
            }
            guard addresses.count <= 16 else { throw NetworkDocumentError(value.path, .tooMany(limit: 16)) }
            return addresses.joined(separator: ",")
        case .mac: return try value.macAddress().description
        case .link: return try value.text()
        }
    }
}

extension BondWords.Form {
    /// Of a number without one.
    fileprivate var unit: WrittenValue.Unit { if case .seconds = self { .second } else { .millisecond } }
}

extension WrittenValue {
    enum Unit: Int {
        case microsecond = 1
        case millisecond = 1_000
        case second = 1_000_000
        case minute = 60_000_000
        case hour = 3_600_000_000
    }

    private static let units: [(String, Unit)] = [
        ("us", .microsecond), ("usec", .microsecond), ("ms", .millisecond), ("msec", .millisecond), ("s", .second),
        ("sec", .second), ("min", .minute), ("m", .minute), ("h", .hour), ("hr", .hour),
    ]

    /// In microseconds: a number, perhaps with a fraction and a unit, as systemd.time(7) has them.
    func duration(_ bare: Unit) throws(NetworkDocumentError) -> Int {
        let text = try number()
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let word = text.dropFirst(digits.count).drop { $0 == " " }
        let unit = word.isEmpty ? bare : Self.units.first { $0.0 == word }?.1
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard let unit, let first = parts.first, let whole = UInt32(first), parts.count <= 2 else {
            throw wanted(.duration)
        }
        var (result, overflow) = Int(whole).multipliedReportingOverflow(by: unit.rawValue)
        if parts.count == 2 {
            // Six places are microseconds of a second.
            guard !parts[1].isEmpty, parts[1].utf8.count <= 6, let fraction = Int(parts[1]) else {
                throw wanted(.duration)
            }
            var scale = 1
            for _ in parts[1].utf8 { scale *= 10 }
            let (product, isLarge) = fraction.multipliedReportingOverflow(by: unit.rawValue)
            let (sum, carries) = result.addingReportingOverflow(product / scale)
            (result, overflow) = (sum, overflow || isLarge || carries)
        }
        // The kernel keeps them in 32 bits of milliseconds.
        guard !overflow, result / Unit.millisecond.rawValue <= Int(Int32.max) else { throw wanted(.duration) }
        return result
    }

    /// A number's text, a fraction's too.
    private func number() throws(NetworkDocumentError) -> String {
        if case .number(let value) = value, value >= 0, value < 1e9 { return "\(value)" }
        return try text()
    }
}
