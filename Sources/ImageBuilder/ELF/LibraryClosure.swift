package import Kernel
package import SystemPackage

/// A library, or the loader, that programs of an image need.
package struct ImageLibrary: Hashable, Sendable {
    /// Where it is on the build host.
    package let hostPath: FilePath
    /// Where the loader will look for it in the image: a plain file there, never a link.
    package let imagePath: FilePath
    /// The object that asked for it first, by its path on the host.
    package let neededBy: FilePath
    package let bytes: [UInt8]
}

/// The libraries of a set of programs, found as glibc's loader finds them (ld.so(8)), each program for itself.
///
/// An image has no ldconfig cache, so what the host finds through `ld.so.conf` is placed where the C library is.
/// Directories of `glibc-hwcaps` are passed over: the baseline library runs on every machine.
package struct LibraryClosure: Sendable {
    /// glibc opens it by name for pthread_exit: no NEEDED list has it, and without it a thread's end kills the process.
    static let openedByName = "libgcc_s.so.1"
    private static let limit = 1 << 30

    /// In the order in which they were found.
    package private(set) var libraries: [ImageLibrary] = []
    private let files: any FileSource
    private var machine: ELFFile.Machine?

    /// An empty closure over the files of a host.
    package init(files: any FileSource = LiveFiles()) { self.files = files }

    /// Adds what the program or library at `hostPath`, which will be at `imagePath`, needs; `bytes` is what it holds.
    ///
    /// A static program needs nothing. A library that is nowhere is an error that names who needs it.
    package mutating func add(_ bytes: [UInt8], hostPath: FilePath, imagePath: FilePath) throws(ImageError) {
        let program = try ELFFile(bytes, file: hostPath)
        if let machine, machine != program.machine {
            throw .malformedELF(file: hostPath, offset: 18, .otherMachine(program.machine.rawValue))
        }
        machine = program.machine
        let paths = LibraryPaths(machine: program.machine, files: files)
        let root = LoadedObject(elf: program, hostPath: hostPath, imagePath: imagePath, inherited: [])
        var names: Set<String> = []
        if let interpreter = program.interpreter {
            let path = FilePath(interpreter).lexicallyNormalized()
            guard let loader = candidate(path, program.machine) else {
                throw .missingLibrary(name: interpreter, neededBy: hostPath)
            }
            insert(ImageLibrary(hostPath: path, imagePath: path, neededBy: hostPath, bytes: loader.bytes))
            names.insert(path.lastComponent?.string ?? interpreter)
        } else if program.needed.isEmpty {
            return
        }
        // Breadth first, as the loader: what is loaded under a name answers for it ever after.
        var queue = [root]
        var position = 0
        while position < queue.count {
            let object = queue[position]
            position += 1
            // The C library's own wish comes with the C library.
            let byName = object.elf.soname == "libc.so.6" ? [Self.openedByName] : []
            for name in object.elf.needed + byName where names.insert(name).inserted {
                let found = try find(name, for: object, paths)
                if let soname = found.object.elf.soname { names.insert(soname) }
                insert(found.library)
                queue.append(found.object)
            }
        }
    }

    private mutating func insert(_ library: ImageLibrary) {
        guard !libraries.contains(where: { $0.imagePath == library.imagePath && $0.bytes == library.bytes }) else {
            return
        }
        libraries.append(library)
    }

    private func find(
        _ name: String, for object: LoadedObject, _ paths: LibraryPaths
    ) throws(ImageError) -> (library: ImageLibrary, object: LoadedObject) {
        for place in places(of: name, for: object, paths) {
            guard let (bytes, elf) = candidate(place.host, object.elf.machine) else { continue }
            let library = ImageLibrary(
                hostPath: place.host, imagePath: place.image, neededBy: object.hostPath, bytes: bytes)
            let loaded = LoadedObject(
                elf: elf, hostPath: place.host, imagePath: place.image, inherited: object.searchedByNeeded)
            return (library, loaded)
        }
        throw .missingLibrary(name: name, neededBy: object.hostPath)
    }

    /// Where the loader looks for a name, on the host and in the image, in its order.
    private func places(
        of name: String, for object: LoadedObject, _ paths: LibraryPaths
    ) -> [(host: FilePath, image: FilePath)] {
        if name.contains("/") {
            let host = paths.expanded(name, origin: object.hostPath.removingLastComponent())
            return [(host, paths.expanded(name, origin: object.imagePath.removingLastComponent()))]
        }
        var places: [(host: FilePath, image: FilePath)] = []
        func append(_ directories: [String], _ owner: LoadedObject.Owner) {
            for directory in directories where !directory.isEmpty {
                let host = paths.expanded(directory, origin: owner.hostPath.removingLastComponent())
                let image = paths.expanded(directory, origin: owner.imagePath.removingLastComponent())
                places.append((host.appending(name), image.appending(name)))
            }
        }
        if let runPath = object.elf.runPath {
            append(runPath, object.owner)
        } else {
            // DT_RPATH counts for what is below as well, DT_RUNPATH does not.
            for (owner, directories) in object.searchedByNeeded { append(directories, owner) }
        }
        let compiledIn = Set(paths.compiledIn)
        let home = homeDirectory(object.elf.machine, paths)
        for directory in paths.configured + paths.compiledIn {
            let image = compiledIn.contains(directory) ? directory : home
            places.append((directory.appending(name), image.appending(name)))
        }
        return places
    }

    /// The compiled-in directory in which this host has its C library: its loader searches there.
    private func homeDirectory(_ machine: ELFFile.Machine, _ paths: LibraryPaths) -> FilePath {
        if let known = libraries.first(where: { $0.imagePath.lastComponent?.string == "libc.so.6" }) {
            return known.imagePath.removingLastComponent()
        }
        let holder = paths.compiledIn.first { candidate($0.appending("libc.so.6"), machine) != nil }
        return holder ?? paths.compiledIn[0]
    }

    /// The object at a path; nil where the loader would search on: no file, no ELF object, another machine's.
    private func candidate(_ path: FilePath, _ machine: ELFFile.Machine) -> (bytes: [UInt8], elf: ELFFile)? {
        guard let bytes = try? files.contents(of: path, limit: Self.limit),
            let elf = try? ELFFile(bytes, file: path), elf.machine == machine
        else { return nil }
        return (bytes, elf)
    }
}

/// An object in the loader's list.
private struct LoadedObject {
    /// Whose `$ORIGIN` a search path means.
    struct Owner {
        let hostPath: FilePath
        let imagePath: FilePath
    }

    let elf: ELFFile
    let hostPath: FilePath
    let imagePath: FilePath
    /// The DT_RPATHs of the objects that led here, the nearest first.
    let inherited: [(Owner, [String])]

    var owner: Owner { Owner(hostPath: hostPath, imagePath: imagePath) }

    /// The DT_RPATHs that count for what this object needs: its own, then the inherited ones.
    var searchedByNeeded: [(Owner, [String])] {
        if elf.runPath == nil, let own = elf.oldRunPath { return [(owner, own)] + inherited }
        return inherited
    }
}
