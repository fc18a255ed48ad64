package import RouteNetlink

/// The links of one moment by their names and numbers, for what the kernel says by number and people by name.
package struct LinkDirectory: Sendable {
    /// By index.
    package let links: [Int32: Link]
    private let indexes: [String: Int32]
    /// The names that somebody gave to other network namespaces, by the number that this one has for them.
    package var namespaces: [Int32: String] = [:]
    /// Open descriptors of the namespaces that words name.
    package var namespaceDescriptors: [String: Int32] = [:]

    package init(_ links: [Link] = []) {
        self.links = Dictionary(links.map { ($0.index, $0) }) { first, _ in first }
        var indexes: [String: Int32] = [:]
        for link in links {
            for name in link.alternativeNames { indexes[name] = link.index }
            indexes[link.name] = link.index
        }
        self.indexes = indexes
    }

    package func name(of index: Int32) -> String? { links[index]?.name }
    /// By name or alternative name; of a name that no link has, ``awaited``.
    package func index(of name: String) -> Int32? { indexes[name] ?? awaited }
    /// Whether a link has that name.
    package func has(_ name: String) -> Bool { indexes[name] != nil }
    /// The number, of no link, that a name stands for until a link has it; nil where such a name is an error.
    package var awaited: Int32?
    /// Every name, in order.
    package var names: [String] { links.values.map(\.name).sorted() }
}
