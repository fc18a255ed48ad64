/// Modules with all that they need, in the order in which they can be loaded.
package struct ModuleClosure: Sendable {
    /// Why a module is there.
    package enum Reason: String, Hashable, Sendable {
        case asked
        case dependency
        case soft
    }

    /// One module of the closure.
    package struct Member: Hashable, Sendable {
        package let name: String
        /// Below the tree.
        package let path: String
        package var reason: Reason
        /// The module that brought it; nil for what was asked for.
        package var by: String?
    }

    /// Each after what it needs.
    package private(set) var members: [Member] = []
    /// What was asked for and is part of the kernel itself, sorted.
    package private(set) var builtin: [String] = []

    private let tree: ModuleTree
    private var present: Set<String> = []
    private var visited: Set<String> = []

    /// Resolves `requests` in `tree`; what none answers to is an error with the nearest names.
    package init(_ requests: [ModuleRequest], in tree: ModuleTree) throws(ImageError) {
        self.tree = tree
        var asked: [String] = []
        var builtin: Set<String> = []
        for request in requests {
            let (modules, parts) = try Self.answers(to: request, in: tree)
            asked += modules
            builtin.formUnion(parts)
        }
        for name in asked { visit(name, .asked, by: nil) }
        let wanted = Set(asked)
        for index in members.indices where wanted.contains(members[index].name) {
            members[index].reason = .asked
            members[index].by = nil
        }
        self.builtin = builtin.sorted()
    }

    private static func answers(
        to request: ModuleRequest, in tree: ModuleTree
    ) throws(ImageError) -> (modules: [String], builtin: [String]) {
        switch request {
        case .name(let name):
            let found = tree.lookup(name)
            guard !found.modules.isEmpty || !found.builtin.isEmpty else {
                let names = Array(tree.paths.keys) + Array(tree.builtin.keys)
                throw .unknownModule(name, nearest: ModuleName.nearest(to: ModuleName.normalized(name), among: names))
            }
            return found
        case .pattern(let pattern):
            let ofPaths = pattern.contains("/")
            let text = ofPaths ? pattern : ModuleName.normalized(pattern)
            func matching(_ table: [String: String]) -> [String] {
                table.filter { Glob.matches(ofPaths ? $0.value : $0.key, pattern: text) }.map(\.key).sorted()
            }
            let (modules, parts) = (matching(tree.paths), matching(tree.builtin))
            guard !modules.isEmpty || !parts.isEmpty else { throw .unknownModule(pattern, nearest: []) }
            return (modules, parts)
        case .moduleClass(let kind):
            var modules = tree.paths.filter { kind.holds(path: $0.value) }.map(\.key).sorted()
            var parts: [String] = []
            for name in kind.requestedByName {
                let found = tree.lookup(name)
                modules += found.modules
                parts += found.builtin
            }
            return (modules, parts)
        }
    }

    /// libkmod's order (libkmod-module.c, __kmod_module_get_probe_list): what a module needs, each with its own soft
    /// dependencies around it, then the module with its own.
    private mutating func visit(_ name: String, _ reason: Reason, by requester: String?) {
        guard visited.insert(name).inserted else { return }
        for needed in tree.dependencies[name] ?? [] { surround(needed, .dependency, by: name) }
        surround(name, reason, by: requester)
    }

    /// A soft dependency may lead back to the module: `visit` ends that, and the module is then
    /// placed within, so before the one that needs it.
    private mutating func surround(_ name: String, _ reason: Reason, by requester: String?) {
        guard !present.contains(name) else { return }
        let soft = tree.softDependencies[name]
        for request in soft?.before ?? [] { visitSoft(request, by: name) }
        if present.insert(name).inserted, let path = tree.paths[name] {
            members.append(Member(name: name, path: path, reason: reason, by: requester))
        }
        for request in soft?.after ?? [] { visitSoft(request, by: name) }
    }

    /// What a soft dependency names need not exist, and may be an alias of several.
    private mutating func visitSoft(_ request: String, by name: String) {
        for module in tree.lookup(request).modules where tree.paths[module] != nil { visit(module, .soft, by: name) }
    }
}
