package import Compression
package import Kernel
package import SystemPackage

/// Why an image could not be built or read.
package enum ImageError: Error, Hashable, Sendable {
    /// A system call failed.
    case system(OSError)
    /// The archive's bytes are no newc archive from `offset` on (of the decompressed bytes where they were compressed).
    case malformedArchive(offset: Int, ArchiveProblem)
    /// The archive could not be written as asked.
    case unwritableEntry(path: String, EntryProblem)
    /// A file is no ELF object that we can use; `offset` is where that showed.
    case malformedELF(file: FilePath, offset: Int, ELFProblem)
    /// Nothing that the loader would search has this library.
    case missingLibrary(name: String, neededBy: FilePath)
    /// Compressed bytes that libzstd refuses, or that are too long.
    case compression(subject: String, CompressionError)
    /// A name, alias or pattern that no module of the tree answers to.
    case unknownModule(String, nearest: [String])
    /// The directory has no `modules.dep`.
    case notAModuleTree(FilePath)
    /// A line of a `modules.*` file that cannot be what depmod wrote.
    case malformedModuleIndex(FilePath, line: Int)
    /// A module is compressed in a way that we do not read.
    case unsupportedModuleFile(FilePath)
    /// A program of the build host is absent.
    case missingTool(name: String, package: String)
    /// A program of the build host failed; the last of its own words.
    case failedTool(name: String, ChildProcess.Status, words: String)
    /// A program of the build host did not end in time, and was killed.
    case slowTool(name: String, after: Duration)
    /// A file is longer than what we read of its kind.
    case fileTooLarge(FilePath, limitInBytes: Int)
    /// The caller said so.
    case interrupted
    /// The level is not one that a kernel's decompressor should meet.
    case unsupportedLevel(Int)
}

/// What is wrong with a newc archive.
package enum ArchiveProblem: Hashable, Sendable {
    /// The bytes end within an entry, or before the trailer.
    case truncated
    /// Neither `070701` nor `070702`, nor the start of a zstd frame.
    case badMagic
    /// A header field has something else than hexadecimal digits.
    case badHexadecimal
    /// A name's length is zero or above PATH_MAX.
    case badNameLength(Int)
    /// A name has no zero at its end, or one before it.
    case badName
    /// A link target is empty, above PATH_MAX or has a zero in it.
    case badLinkTarget
    /// A mode whose file type does not exist.
    case unknownFileType(mode: Int)
    /// The sum of a `070702` entry is not that of its bytes.
    case badChecksum
    /// A compressed archive within a compressed one.
    case nestedCompression
    /// gzip, xz, bzip2, lz4 or lzo: the kernel reads it, we do not.
    case unsupportedCompression
}

/// Why an entry cannot be in an archive.
package enum EntryProblem: Hashable, Sendable {
    /// Empty, above PATH_MAX, or with a zero, an empty component, `.` or `..`.
    case badPath
    /// Something else is there already.
    case occupied
    /// A parent is there already and is no directory.
    case parentIsNoDirectory
    /// A link's target is empty, above PATH_MAX or has a zero in it.
    case badLinkTarget
    /// newc's size field ends at 4 GiB.
    case tooLarge
}

/// What is wrong with an ELF object.
package enum ELFProblem: Hashable, Sendable {
    /// The bytes end before something that they refer to, or it lies outside of what it is said to lie in.
    case truncated
    /// No `\x7fELF`.
    case noMagic
    /// A 32-bit object, a big-endian one or one of a version that does not exist.
    case unsupportedKind
    /// An offset, size or count that no object can have.
    case badValue
    /// No section of this name.
    case noSection(String)
    /// A machine other than the one that the image is for.
    case otherMachine(UInt16)
}

extension ImageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let error): error.description
        case .malformedArchive(let offset, let problem): "newc archive, byte \(offset): \(problem.words)"
        case .unwritableEntry(let path, let problem): "\(path): \(problem.words)"
        case .malformedELF(let file, let offset, let problem): "\(file), byte \(offset): \(problem.words)"
        case .missingLibrary(let name, let object): "\(name), which \(object) needs, is nowhere the loader would search"
        case .compression(let subject, let error): "\(subject): \(error)"
        case .unknownModule(let name, let nearest):
            "no module, alias or pattern \(name)"
                + (nearest.isEmpty ? "" : "; the nearest are \(nearest.joined(separator: ", "))")
        case .notAModuleTree(let path):
            "\(path) has no modules.dep: name a lib/modules/VERSION directory, and run depmod for it"
        case .malformedModuleIndex(let path, let line):
            "\(path), line \(line): not what depmod writes; run depmod again"
        case .unsupportedModuleFile(let path): "\(path): only .ko and .ko.zst modules are read; decompress it"
        case .missingTool(let name, let package): "\(name) is not on this machine; it is in Debian's package \(package)"
        case .failedTool(let name, .exited(let code), let words): "\(name) ended with status \(code): \(words)"
        case .failedTool(let name, .signaled(let signal), let words): "\(name) died of signal \(signal): \(words)"
        case .slowTool(let name, let duration): "\(name) did not end within \(duration) and was killed"
        case .fileTooLarge(let path, let limit): "\(path) is longer than \(limit) bytes"
        case .interrupted: "interrupted"
        case .unsupportedLevel(let level):
            "level \(level) is not one of 1 to 19; above, the kernel needs a window of up to 128 MiB to unpack"
        }
    }
}

extension ArchiveProblem {
    fileprivate var words: String {
        switch self {
        case .truncated: "the archive ends too early"
        case .badMagic: "no newc header (070701 or 070702)"
        case .badHexadecimal: "a header field is not hexadecimal"
        case .badNameLength(let length): "a name cannot have \(length) bytes"
        case .badName: "a name does not end in its one zero"
        case .badLinkTarget: "a link's target is empty, too long or has a zero in it"
        case .unknownFileType(let mode): "mode 0\(String(mode, radix: 8)) is of no file type"
        case .badChecksum: "the checksum is not that of the bytes"
        case .nestedCompression: "a compressed archive within a compressed one"
        case .unsupportedCompression: "compressed with something else than zstd; decompress it first"
        }
    }
}

extension EntryProblem {
    fileprivate var words: String {
        switch self {
        case .badPath: "no path that an image can have"
        case .occupied: "something else is at this path already"
        case .parentIsNoDirectory: "a parent is in the image and is no directory"
        case .badLinkTarget: "the link's target is empty, too long or has a zero in it"
        case .tooLarge: "newc holds no file of 4 GiB or more"
        }
    }
}

extension ELFProblem {
    fileprivate var words: String {
        switch self {
        case .truncated: "the ELF object ends before what it refers to"
        case .noMagic: "no ELF object"
        case .unsupportedKind: "not a 64-bit little-endian ELF object"
        case .badValue: "an offset or size that no ELF object can have"
        case .noSection(let name): "no section \(name)"
        case .otherMachine(let number): "for another machine (\(number)) than the rest of the image"
        }
    }
}
