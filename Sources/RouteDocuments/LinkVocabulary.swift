package import Documents
package import Netlink

/// How `ip` prints and takes the options of one kind of link, or of the ports of one.
package struct LinkVocabulary: Sendable {
    /// IFLA_INFO_KIND, or the master's of a port.
    package let kind: String
    let options: [LinkOption]
    /// What no row says: keys that come from several attributes.
    let printing: @Sendable (AttributeSet, LinkDirectory, inout [String: JSONValue]) -> Void
    /// Takes a word that no row has, and what follows it; false for one that is none of its own.
    let parsing: @Sendable (String, inout WordReader, inout AttributeSet, LinkDirectory) throws(WordError) -> Bool
    /// The words that ``parsing`` takes, for suggestions.
    let furtherWords: [String]
    /// Once all words are read.
    let finishing: @Sendable (inout AttributeSet) throws(WordError) -> Void
    /// Whether `ip` prints an object of options, empty or not.
    let isPrinted: Bool

    package init(
        _ kind: String, _ options: [LinkOption], isPrinted: Bool = true, furtherWords: [String] = [],
        printing: @escaping @Sendable (AttributeSet, LinkDirectory, inout [String: JSONValue]) -> Void = { _, _, _ in },
        parsing:
            @escaping @Sendable (String, inout WordReader, inout AttributeSet, LinkDirectory) throws(WordError) -> Bool =
            { _, _, _, _ in false },
        finishing: @escaping @Sendable (inout AttributeSet) throws(WordError) -> Void = { _ in }
    ) {
        self.kind = kind
        self.options = options
        self.isPrinted = isPrinted
        self.furtherWords = furtherWords
        self.printing = printing
        self.parsing = parsing
        self.finishing = finishing
    }

    /// The object of options; nil for a kind of which `ip` prints none.
    package func document(_ attributes: AttributeSet, _ links: LinkDirectory) -> JSONValue? {
        guard isPrinted else { return nil }
        var members: [String: JSONValue] = [:]
        for option in options { option.print(attributes, links, into: &members) }
        printing(attributes, links, &members)
        return .object(members)
    }

    /// The attributes that the words say, to their end, beside those of `current` that they do not change.
    package func attributes(
        from words: inout WordReader, _ links: LinkDirectory, changing current: AttributeSet = AttributeSet()
    ) throws(WordError) -> AttributeSet {
        var attributes = current
        while let word = words.next() {
            if let option = options.first(where: { $0.takes(word) }) {
                try option.parse(word, &words, into: &attributes, links)
            } else if try !parsing(word, &words, &attributes, links) {
                throw .unknownWord(word, of: kind, among: allWords)
            }
        }
        try finishing(&attributes)
        return attributes
    }

    /// Every word that begins an option.
    package var allWords: [String] {
        options.flatMap { option -> [String] in
            if case .switched = option.coding { return option.words.flatMap { [$0, "no" + $0] } }
            return option.words
        } + furtherWords
    }
}
