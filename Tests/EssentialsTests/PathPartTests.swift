import Testing

@testable import Essentials

/// Parts of paths, of those too on which Foundation's own trap.
@Suite struct PathPartTests {
    @Test(arguments: [
        ("x", "", "x"), ("a/x", "a", "x"), ("/x", "/", "x"), ("/", "/", "/"), ("a/b/", "a", "b"), ("/a//b", "/a", "b"),
        ("", "", ""),
        ("../x", "..", "x"), (".", "", "."), ("é/ü", "é", "ü"),
    ])
    func parts(path: String, folder: String, name: String) {
        #expect(path.folderPart == folder)
        #expect(path.namePart == name)
    }
}
