internal import CKmod
internal import Glibc
public import SystemPackage

/// The modules of one kernel release, through libkmod: what an alias or a name means and what it needs.
///
/// A kmod context is not thread-safe: one thread resolves.
@safe
public struct ModuleIndex: ~Copyable {
    private let handle: OpaquePointer

    /// One module to load, with what must be there before it.
    public struct Step: Hashable, Sendable {
        /// As the kernel names it, with underscores.
        public let name: String
        /// The module's file.
        public let path: FilePath
        /// From modprobe.d and from `name.option=` on the kernel's command line (libkmod reads both).
        public let options: String
        /// Names that must be loaded before: dependencies and `pre` soft dependencies, those resolved with it.
        public let needs: [String]

        public init(name: String, path: FilePath, options: String = "", needs: [String] = []) {
            self.name = name
            self.path = path
            self.options = options
            self.needs = needs
        }
    }

    /// `directory` holds modules.dep.bin and its kind; nil for the running kernel's `/lib/modules/RELEASE`.
    /// `configuration` are directories of modprobe.d files; nil for libkmod's own list.
    public init(directory: FilePath? = nil, configuration: [FilePath]? = nil) throws(ModuleError) {
        self = try Self.opened(directory, configuration)
    }

    private init(adopting handle: OpaquePointer) { unsafe self.handle = handle }

    private static func opened(_ directory: FilePath?, _ configuration: [FilePath]?) throws(ModuleError) -> ModuleIndex {
        let subject = directory?.string ?? "/lib/modules"
        var paths: [UnsafeMutablePointer<CChar>?] = unsafe (configuration ?? []).map { unsafe strdup($0.string) } + [nil]
        defer { for index in unsafe paths.indices { unsafe free(paths[index]) } }
        // SAFETY: the array ends in nil, and libkmod copies the strings.
        let handle: OpaquePointer? = unsafe paths.withUnsafeMutableBufferPointer { buffer in
            guard configuration != nil, let base = buffer.baseAddress else { return unsafe kmod_new(directory?.string, nil) }
            return unsafe base.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: buffer.count) {
                unsafe kmod_new(directory?.string, $0)
            }
        }
        guard let handle = unsafe handle else {
            throw ModuleError(operation: "open index", subject: subject, errno: .noMemory)
        }
        let index = unsafe ModuleIndex(adopting: handle)
        let status = unsafe kmod_load_resources(handle)
        guard status == 0 else {
            throw ModuleError(operation: "open index", subject: subject, errno: Errno(rawValue: -status))
        }
        return index
    }

    deinit { unsafe _ = kmod_unref(handle) }

    /// What `alias` (a modalias, a name, an alias) asks for, in load order, each module once; several modules may match.
    ///
    /// Blacklisted modules are left out where they were found by an alias, as modprobe -b does; modules with an `install`
    /// command are left out always: no command is run. What is built in or already loaded is left out too. Empty: nothing matches.
    public func resolve(_ alias: String) throws(ModuleError) -> [Step] {
        var list: OpaquePointer?
        let status = unsafe kmod_module_new_from_lookup(handle, alias, &list)
        guard status >= 0 else { throw ModuleError(operation: "resolve", subject: alias, errno: Errno(rawValue: -status)) }
        defer { unsafe _ = kmod_module_unref_list(list) }
        var steps: [Step] = []
        var seen: Set<String> = []
        let allowed = unsafe allowedNames(of: list)
        unsafe forEach(list) { module in
            let name = unsafe String(cString: kmod_module_get_name(module))
            let byName = name == alias.split(separator: "-").joined(separator: "_")
            if !byName, !allowed.contains(name) { return }
            unsafe append(module, to: &steps, seen: &seen, depth: 0)
        }
        return steps
    }

    /// The names that modprobe.d's `blacklist` leaves of a list.
    private func allowedNames(of list: OpaquePointer?) -> Set<String> {
        var kept: OpaquePointer?
        guard unsafe list != nil, unsafe kmod_module_apply_filter(handle, KMOD_FILTER_BLACKLIST, list, &kept) == 0 else {
            return []
        }
        defer { unsafe _ = kmod_module_unref_list(kept) }
        var names: Set<String> = []
        unsafe forEach(kept) { names.insert(unsafe String(cString: kmod_module_get_name($0))) }
        return names
    }

    /// Soft dependencies may form circles and modprobe.d is a person's: the depth is bounded, each name taken once.
    private func append(_ module: OpaquePointer, to steps: inout [Step], seen: inout Set<String>, depth: Int) {
        let name = unsafe String(cString: kmod_module_get_name(module))
        guard depth < 64, seen.insert(name).inserted else { return }
        var needs: [String] = []
        var before: OpaquePointer?
        var after: OpaquePointer?
        unsafe _ = kmod_module_get_softdeps(module, &before, &after)
        defer {
            unsafe _ = kmod_module_unref_list(before)
            unsafe _ = kmod_module_unref_list(after)
        }
        let dependencies = unsafe kmod_module_get_dependencies(module)
        defer { unsafe _ = kmod_module_unref_list(dependencies) }
        func need(_ needed: OpaquePointer) {
            needs.append(unsafe String(cString: kmod_module_get_name(needed)))
            unsafe append(needed, to: &steps, seen: &seen, depth: depth + 1)
        }
        // In modprobe's order: what the module is linked against first, and what its author asks for after that.
        unsafe forEach(dependencies, need)
        unsafe forEach(before, need)
        let state = unsafe kmod_module_get_initstate(module)
        let isThere = state == Int32(KMOD_MODULE_BUILTIN.rawValue) || state == Int32(KMOD_MODULE_LIVE.rawValue)
        let hasCommand = unsafe kmod_module_get_install_commands(module) != nil
        if !isThere, !hasCommand, let path = unsafe kmod_module_get_path(module) {
            let options = unsafe kmod_module_get_options(module).map { unsafe String(cString: $0) }
            steps.append(
                Step(name: name, path: FilePath(unsafe String(cString: path)), options: options ?? "", needs: needs))
        }
        unsafe forEach(after) { unsafe append($0, to: &steps, seen: &seen, depth: depth + 1) }
    }

    private func forEach(_ list: OpaquePointer?, _ body: (OpaquePointer) -> Void) {
        var entry = unsafe list
        while let current = unsafe entry {
            if let module = unsafe kmod_module_get_module(current) {
                unsafe body(module)
                unsafe _ = kmod_module_unref(module)
            }
            unsafe entry = kmod_list_next(list, current)
        }
    }
}
