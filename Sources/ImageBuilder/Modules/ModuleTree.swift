package import Kernel
package import SystemPackage

/// A directory `…/lib/modules/VERSION`, as depmod left it: what there is, what needs what, what answers to what.
package struct ModuleTree: Sendable {
    /// What a module asks for beside what it needs.
    package struct SoftDependencies: Hashable, Sendable {
        package var before: [String] = []
        package var after: [String] = []
    }

    /// The tree itself.
    package let directory: FilePath
    /// The kernel's release: the directory's own name.
    package let version: String
    /// Every module's file, below the directory (`kernel/fs/fat/vfat.ko`), by the module's name.
    package let paths: [String: String]
    /// What a module needs, in the order in which it is to be loaded (modules.dep has the reverse).
    package let dependencies: [String: [String]]
    /// What modules ask for before and after them, where it exists (modules.softdep).
    package let softDependencies: [String: SoftDependencies]
    /// The modules that are part of the kernel itself, with the paths that they would have (modules.builtin).
    package let builtin: [String: String]
    private let aliases: [(pattern: String, module: String)]
    private let builtinAliases: [(pattern: String, module: String)]

    /// Reads the indexes; `modules.dep` has to be there, the others count as empty where they are not.
    package init(directory: FilePath, files: any FileSource = LiveFiles()) throws(ImageError) {
        self.directory = directory
        version = directory.lastComponent?.string ?? ""
        let index = ModuleIndexReader(directory: directory, files: files)
        (paths, dependencies) = try index.dependencies()
        softDependencies = try index.softDependencies()
        builtin = try index.builtin()
        aliases = try index.aliases()
        builtinAliases = try index.builtinAliases()
    }

    /// What answers to a name or an alias, in libkmod's order: a module's name, then aliases, then a builtin's name.
    ///
    /// Several modules may answer to one alias; all are meant. A name may be a builtin's and an alias of modules at once
    /// (`crc32` is, in Debian's 6.1): the modules are then better implementations, and count. Nothing where none answers.
    package func lookup(_ request: String) -> (modules: [String], builtin: [String]) {
        let name = ModuleName.normalized(request)
        if paths[name] != nil { return ([name], []) }
        let parts = builtin[name] != nil ? [name] : Self.matches(name, builtinAliases)
        return (Self.matches(name, aliases), parts)
    }

    private static func matches(_ name: String, _ table: [(pattern: String, module: String)]) -> [String] {
        var found: [String] = []
        for (pattern, module) in table where Glob.matches(name, pattern: pattern) && !found.contains(module) {
            found.append(module)
        }
        return found
    }
}
