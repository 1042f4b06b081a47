namespace RemoteStore.Testing;

/// <summary>
/// Builds a directory as a power loss may leave it. Synced content and synced directory entries are there; of everything else a choice says what
/// arrived. As strict as POSIX allows: syncing a file does not make its name durable, names and contents arrive in any order.
/// </summary>
public sealed class CrashImage
{
    private const int SectorSize = 512;
    private readonly DirectoryNode _root = new();
    private readonly Dictionary<int, FileNode> _files = [];

    private CrashImage()
    {
    }

    /// <summary>Writes the image of a power loss after the first <paramref name="count"/> operations.</summary>
    /// <param name="recording">What was done.</param>
    /// <param name="count">How many of its operations were begun.</param>
    /// <param name="choice">What of the unsynced ones arrived.</param>
    /// <param name="target">Empty or missing directory to build the image in.</param>
    public static void Write(RecordingFileSystem recording, int count, CrashImageChoice choice, string target)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(choice);
        var image = new CrashImage();
        IReadOnlyList<FileOperation> operations = recording.Operations;
        for (int i = 0; i < count; i++)
        {
            image.Apply(operations[i], i);
            if (i + 1 == recording.BaselineCount)
            {
                SyncAll(image._root);
            }
        }

        Settle(image._root, choice);
        foreach (FileNode file in image._files.Values)
        {
            file.Settle(choice);
        }

        Directory.CreateDirectory(target);
        Save(image._root, target);
    }

    private void Apply(FileOperation operation, int index)
    {
        switch (operation)
        {
            case FileOperation.Create create:
                var file = new FileNode();
                _files[create.FileId] = file;
                Edit(index, (Parent(create.Path), Name(create.Path), file));
                break;
            case FileOperation.Write write:
                _files[write.FileId].Pending.Add((index, write.Offset, write.Bytes, -1));
                break;
            case FileOperation.SetLength cut:
                _files[cut.FileId].Pending.Add((index, 0, default, cut.LengthBytes));
                break;
            case FileOperation.Sync sync:
                _files[sync.FileId].Sync();
                break;
            case FileOperation.MakeDirectory make:
                Make(make.Path, index);
                break;
            case FileOperation.Rename rename:
                DirectoryNode from = Parent(rename.Source);
                Edit(index, (from, Name(rename.Source), null), (Parent(rename.Destination), Name(rename.Destination), from.Live[Name(rename.Source)]));
                break;
            case FileOperation.Remove remove:
                Remove(remove.Path, index);
                break;
            case FileOperation.SyncDirectory sync:
                Sync(Find(sync.Path));
                break;
        }
    }

    private void Make(string path, int index)
    {
        DirectoryNode at = _root;
        foreach (string name in Parts(path))
        {
            if (!at.Live.TryGetValue(name, out object? child))
            {
                child = new DirectoryNode();
                Edit(index, (at, name, child));
            }

            at = (DirectoryNode)child;
        }
    }

    // A recursive removal is many small ones to the file system.
    private void Remove(string path, int index)
    {
        if (Parts(path).Take(Parts(path).Length - 1).Aggregate((DirectoryNode?)_root, (at, name) => at?.Live.GetValueOrDefault(name) as DirectoryNode) is not { } parent
            || !parent.Live.TryGetValue(Name(path), out object? node))
        {
            return;
        }

        if (node is DirectoryNode directory)
        {
            foreach (string name in directory.Live.Keys.ToArray())
            {
                Remove(Path.Combine(path, name), index);
            }
        }

        Edit(index, (parent, Name(path), null));
    }

    private static void Edit(int index, params (DirectoryNode Directory, string Name, object? Node)[] edits)
    {
        var change = new Change(index, edits);
        foreach ((DirectoryNode directory, string name, object? node) in edits)
        {
            Set(directory.Live, name, node);
            if (directory.Pending.Count == 0 || directory.Pending[^1] != change)
            {
                directory.Pending.Add(change);
            }
        }
    }

    private static void Sync(DirectoryNode directory)
    {
        foreach (Change change in directory.Pending.ToArray())
        {
            change.MakeDurable();
        }
    }

    private static void SyncAll(DirectoryNode directory)
    {
        Sync(directory);
        foreach (object child in directory.Live.Values)
        {
            (child as FileNode)?.Sync();
            if (child is DirectoryNode below)
            {
                SyncAll(below);
            }
        }
    }

    private static void Settle(DirectoryNode directory, CrashImageChoice choice)
    {
        foreach (Change change in directory.Pending.ToArray())
        {
            if (choice.Of(change.Index) != CrashImageChoice.Fate.Lost)
            {
                change.MakeDurable();
            }
            else
            {
                change.Drop();
            }
        }

        foreach (DirectoryNode below in directory.Durable.Values.OfType<DirectoryNode>().ToArray())
        {
            Settle(below, choice);
        }
    }

    private static void Save(DirectoryNode directory, string path)
    {
        foreach ((string name, object node) in directory.Durable)
        {
            string child = Path.Combine(path, name);
            if (node is DirectoryNode below)
            {
                Directory.CreateDirectory(child);
                Save(below, child);
            }
            else
            {
                File.WriteAllBytes(child, ((FileNode)node).Durable);
            }
        }
    }

    private static string[] Parts(string path) => path == "." ? [] : path.Split(Path.DirectorySeparatorChar);

    private static string Name(string path) => Path.GetFileName(path);

    private DirectoryNode Parent(string path) => Find(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".");

    private DirectoryNode Find(string path) => Parts(path).Aggregate(_root, (at, name) => (DirectoryNode)at.Live[name]);

    private static void Set(Dictionary<string, object> entries, string name, object? node)
    {
        if (node is null)
        {
            entries.Remove(name);
        }
        else
        {
            entries[name] = node;
        }
    }

    private sealed class DirectoryNode
    {
        public Dictionary<string, object> Live { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, object> Durable { get; } = new(StringComparer.Ordinal);

        public List<Change> Pending { get; } = [];
    }

    /// <summary>Edits of directory entries that happen together (a rename) or not at all.</summary>
    private sealed class Change(int index, (DirectoryNode Directory, string Name, object? Node)[] edits)
    {
        public int Index => index;

        public void MakeDurable()
        {
            foreach ((DirectoryNode directory, string name, object? node) in edits)
            {
                Set(directory.Durable, name, node);
            }

            Drop();
        }

        public void Drop()
        {
            foreach ((DirectoryNode directory, _, _) in edits)
            {
                directory.Pending.Remove(this);
            }
        }
    }

    private sealed class FileNode
    {
        public byte[] Durable { get; private set; } = [];

        public List<(int Index, long Offset, ReadOnlyMemory<byte> Bytes, long SetLength)> Pending { get; } = [];

        public void Sync() => Settle(CrashImageChoice.Everything);

        public void Settle(CrashImageChoice choice)
        {
            foreach ((int index, long offset, ReadOnlyMemory<byte> bytes, long length) in Pending)
            {
                CrashImageChoice.Fate fate = choice.Of(index);
                if (fate != CrashImageChoice.Fate.Lost)
                {
                    Put(offset, bytes.Span, length, fate == CrashImageChoice.Fate.Kept ? null : choice);
                }
            }

            Pending.Clear();
        }

        private void Put(long offset, ReadOnlySpan<byte> bytes, long length, CrashImageChoice? sectors)
        {
            byte[] content = Durable;
            if (length >= 0)
            {
                Array.Resize(ref content, (int)length);
                Durable = content;
                return;
            }

            if (offset + bytes.Length > content.Length)
            {
                Array.Resize(ref content, (int)(offset + bytes.Length));
            }

            for (long at = offset; at < offset + bytes.Length;)
            {
                long end = Math.Min(offset + bytes.Length, (at / SectorSize * SectorSize) + SectorSize);
                if (sectors is null || sectors.KeepSector((int)(at / SectorSize)))
                {
                    bytes[(int)(at - offset)..(int)(end - offset)].CopyTo(content.AsSpan((int)at));
                }

                at = end;
            }

            Durable = content;
        }
    }
}
