import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport

extension OperationGenerator {
    /// A question that the kernel answers with one object: `route get …` or `neighbor get …`.
    mutating func lookup() -> [String] {
        let isVersion4 = random.chance(55)
        if random.chance(30) {
            let all = state["\(isVersion4 ? "-4" : "-6") neighbor show"]
            if random.chance(80), let neighbor = random.any(all), let address = neighbor["dst"]?.string,
                let link = neighbor["dev"]?.string
            {
                return ["neighbor", "get", address, "dev", link]
            }
            return [
                "neighbor", "get", isVersion4 ? "10.0.0.99" : "2001:db8::99", "dev", random.any(state.links) ?? "lo",
            ]
        }
        let routes = state[isVersion4 ? "-4 route show table all" : "-6 route show table all"]
        var target = isVersion4 ? host4() : host6()
        if random.chance(60), let text = random.any(routes)?["dst"]?.string, text != "default" {
            target = String(text.split(separator: "/")[0])
        } else if random.chance(20) {
            target = isVersion4 ? "198.51.100.7" : "2001:db8:ffff::7"
        }
        var words = ["route", "get", target]
        let isForwarded = random.chance(20)
        if isForwarded || random.chance(25) { words += ["from", isVersion4 ? host4() : host6()] }
        let link = random.any(state.links.filter { $0 != "lo" }) ?? "lo"
        if isForwarded { words += ["iif", link] } else if random.chance(30) { words += ["oif", link] }
        if random.chance(25) { words += ["mark", pick("7", "16", "1")] }
        if random.chance(15) { words += ["tos", pick("0x10", "0x04")] }
        if random.chance(20) { words += ["uid", number(0...300)] }
        if random.chance(25) {
            words += ["ipproto", pick("tcp", "udp"), "sport", number(1...9_999), "dport", pick("80", "1500")]
        }
        if random.chance(30) { words += ["fibmatch"] }
        return words
    }
}

extension OurHand {
    /// Asks the kernel what the words ask.
    mutating func answer(to list: [String]) throws -> JSONValue {
        let links = try connection.links(until: deadline)
        let directory = LinkDirectory(links)
        let names = RouteNames(
            of: .live, links: Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first },
            nexthops: try connection.nexthops(until: deadline))
        guard let target = IPAddress(list[2]) else { throw TwinFailure(description: list[2]) }
        if list[0] == "neighbor" {
            let index = directory.index(of: list[4]) ?? 0
            return try connection.neighbor(target, linkIndex: index, until: deadline).document(names)
        }
        var query = RouteQuery(to: target)
        var reader = WordReader(Array(list.dropFirst(3)))
        while let word = reader.next() {
            if word == "fibmatch" {
                query.wantsTableEntry = true
                continue
            }
            let text = try reader.value(of: word)
            switch word {
            case "from": query.source = IPAddress(text)
            case "iif": query.inputLinkIndex = directory.index(of: text)
            case "oif": query.outputLinkIndex = directory.index(of: text)
            case "mark": query.mark = UInt32(text)
            case "tos": query.typeOfService = UInt8(text.dropFirst(2), radix: 16) ?? 0
            case "uid": query.userID = UInt32(text)
            case "ipproto": query.ipProtocol = names.ipProtocol(text)
            case "sport": query.sourcePort = UInt16(text)
            case "dport": query.destinationPort = UInt16(text)
            default: throw TwinFailure(description: word)
            }
        }
        return try connection.route(for: query, until: deadline).document(names)
    }
}

extension TwinNamespaces {
    /// Where our answer differs from `ip`'s, both in our namespace.
    mutating func differences(of lookup: [String]) throws -> [String] {
        let words = lookup.joined(separator: " ")
        let output = try attempt("ip \(lookup[2].contains(":") ? "-6" : "-4") -j -d \(words)")
        let peer = Outcome(ofPeer: output)
        let answer: JSONValue
        do { answer = try ours.answer(to: lookup) } catch let error as NetlinkError where error.kind == .refused {
            let own = Outcome(error)
            return own.matches(peer) ? [] : ["\(words): we: \(own); ip: \(peer)"]
        } catch { return ["\(words): we: \(error); ip: \(peer)"] }
        // What is thrown away has no answer in ip's words, and no failure.
        guard peer == .done else { return ["\(words): we: \(answer); ip: \(peer)"] }
        if lookup[0] == "neighbor" {
            return Self.differences(of: answer, fromText: output.text).map { "\(words): \($0)" }
        }
        guard let document = try? RoutePeer.decode(output.output.isEmpty ? Array("[]".utf8) : output.output) else {
            return ["\(words): ip prints no JSON: \(output.text)"]
        }
        let theirs = document.array ?? []
        return RoutePeer.compare(theirs.isEmpty ? [] : [answer], theirs, words)
    }

    /// `ip neighbor get` prints text, `-j` or not: what it says of the link, the address on it, and the states.
    private static func differences(of answer: JSONValue, fromText text: String) -> [String] {
        let words = text.split { $0 == " " || $0 == "\n" }.map { String($0) }
        func value(after word: String) -> String? {
            words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        var found: [String] = []
        for (key, theirs) in [("dst", words.first), ("dev", value(after: "dev")), ("lladdr", value(after: "lladdr"))]
        where answer[key]?.string != theirs {
            found.append("\(key): \(answer[key]?.string ?? "none") is not \(theirs ?? "none") of \(text)")
        }
        let states = words.filter { $0.allSatisfy(\.isUppercase) }
        if (answer["state"]?.array ?? []).compactMap(\.string) != states { found.append("\(answer) is not \(text)") }
        return found
    }
}
