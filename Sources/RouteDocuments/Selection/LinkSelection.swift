internal import Glibc
package import RouteNetlink

/// Which links the words of `ip link show` choose, and the first half of what those of `ip address show` choose.
package struct LinkSelection: Sendable {
    static let words = ["dev", "up", "master", "nomaster", "vrf", "type", "group"]

    /// IFLA_IFNAME's number; nil is every link.
    package private(set) var index: Int32?
    private var isUp = false
    /// Of a bridge, a bond, a team or a VRF.
    private var master: Int32?
    private var hasNoMaster = false
    private var kind: String?
    private var group: UInt32?

    init() {}

    package init(words list: [String], _ words: ObjectWords) throws(WordError) {
        var reader = WordReader(list)
        while let word = reader.next() {
            if try take(word, &reader, words) { continue }
            try takeName(word, of: "link list", among: Self.words, words)
        }
    }

    /// A word that stands alone is a link's name; one that is none may be a word that was meant.
    mutating func takeName(
        _ word: String, of list: String, among known: [String], _ words: ObjectWords
    ) throws(WordError) {
        let isLink = words.links.has(word)
        guard index == nil, isLink || WordError.nearest(to: word, among: known) == nil else {
            throw .unknownWord(word, of: list, among: known)
        }
        index = try LinkOption.link("dev", word, words.links)
    }

    /// False where the word is none of a link's.
    mutating func take(_ word: String, _ reader: inout WordReader, _ words: ObjectWords) throws(WordError) -> Bool {
        switch word {
        case "dev": index = try words.link(word, &reader)
        case "up": isUp = true
        case "master":
            master = try words.link(word, &reader)
            if hasNoMaster { throw WordError(.excludes("nomaster"), word) }
        case "vrf":
            master = try words.routingDomain(word, &reader).index
            if hasNoMaster { throw WordError(.excludes("nomaster"), word) }
        case "nomaster":
            if master != nil { throw WordError(.excludes("master"), word) }
            hasNoMaster = true
        case "type": kind = try reader.value(of: word)
        case "group": group = try words.named(word, .linkGroups, &reader)
        default: return false
        }
        return true
    }

    /// A kind that ends in `_slave` is that of a port, as `ip` has it: `bridge_slave`.
    package func matches(_ link: Link) -> Bool {
        if let index, link.index != index { return false }
        if isUp, !link.isUp { return false }
        if let master, link.master != master { return false }
        if hasNoMaster, link.master != nil { return false }
        if let group, link.group != group { return false }
        guard let kind else { return true }
        return kind.hasSuffix("_slave") ? link.portKind.map { $0 + "_slave" } == kind : link.kind == kind
    }
}

extension ObjectWords {
    /// The link of that name, which is to be a VRF, and its table.
    func routingDomain(
        _ word: String, _ reader: inout WordReader
    ) throws(WordError) -> (index: Int32, table: UInt32) {
        let name = try reader.value(of: word)
        let index = try LinkOption.link(word, name, links)
        // A VRF that is not there yet has no table that a route could be in.
        if index == links.awaited { return (index, .max) }
        guard let table = (links.links[index]?.options as? VRF)?.table else {
            throw WordError(.malformed(name, form: "a link of kind vrf"), word)
        }
        return (index, table)
    }
}

/// Whether a shell's pattern fits (fnmatch(3)), which is how `ip` takes labels.
func fits(_ pattern: String, _ text: String) -> Bool {
    // SAFETY: two C strings, which live through the call.
    unsafe fnmatch(pattern, text, 0) == 0
}
