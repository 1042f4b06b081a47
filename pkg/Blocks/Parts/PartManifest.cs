using System.Collections.Immutable;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// The live parts of a data directory. A part file counts from the moment a saved manifest names it, and no longer once one does not; the manifest is
/// replaced as a whole, so that a merge takes effect in one step. Immutable.
/// </summary>
public sealed class PartManifest
{
    /// <summary>Name of the file in the folder of parts.</summary>
    public const string FileName = "MANIFEST";

    private PartManifest(
        ImmutableArray<PartInfo> parts,
        PartId nextId,
        ImmutableSortedDictionary<string, string> properties,
        ImmutableSortedDictionary<PartId, ImmutableSortedSet<TenantId>> dropped)
    {
        Parts = parts;
        NextId = nextId;
        Properties = properties;
        Dropped = dropped;
    }

    /// <summary>No parts; numbers start at 1.</summary>
    public static PartManifest Empty { get; } = new(
        [], new(1), ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), ImmutableSortedDictionary<PartId, ImmutableSortedSet<TenantId>>.Empty);

    /// <summary>Live parts by ascending number.</summary>
    public ImmutableArray<PartInfo> Parts { get; }

    /// <summary>Number of the next part; above those of all parts named here.</summary>
    public PartId NextId { get; }

    /// <summary>Small facts that must change together with the parts (format versions, positions).</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; }

    /// <summary>
    /// Tenants whose rows in a live part no longer count because blocks hold them: readers, merges and accounting pass over them. Parts without such tenants
    /// are not listed.
    /// </summary>
    public ImmutableSortedDictionary<PartId, ImmutableSortedSet<TenantId>> Dropped { get; }

    /// <summary>Reads the manifest of a folder; a missing file is an empty manifest.</summary>
    /// <exception cref="CorruptDataException">The file is damaged: <see cref="Rebuild"/>.</exception>
    public static PartManifest Load(string directory)
    {
        string path = Path.Combine(directory, FileName);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Empty;
        }

        return ManifestText.Parse(path, bytes);
    }

    /// <summary>Makes a manifest of all part files in the folder that open. Safe after a lost manifest: see docs/part.md, "Rebuilding".</summary>
    /// <param name="directory">Folder of parts.</param>
    /// <param name="unreadable">Files that look like parts and do not open, with the reason. They are left alone.</param>
    public static PartManifest Rebuild(string directory, out IReadOnlyList<CorruptDataException> unreadable)
    {
        var parts = new List<PartInfo>();
        var failed = new List<CorruptDataException>();
        ulong highest = 0;
        foreach (string path in Directory.Exists(directory) ? Directory.GetFiles(directory, "*" + PartId.FileSuffix) : [])
        {
            if (!PartId.TryParseFileName(Path.GetFileName(path), out PartId id))
            {
                continue;
            }

            highest = Math.Max(highest, id.Value);
            try
            {
                using PartReader part = PartReader.Open(path);
                if (part.Info.Id != id)
                {
                    throw new CorruptDataException(path, 16, $"the file holds part {part.Info.Id}");
                }

                parts.Add(part.Info);
            }
            catch (CorruptDataException corrupt)
            {
                failed.Add(corrupt);
            }
        }

        unreadable = failed;
        return Create(parts, new(highest + 1), Empty.Properties, Empty.Dropped);
    }

    /// <summary>Replaces the manifest of the folder, durably and in one step.</summary>
    /// <exception cref="IOException">It could not be written; the old one or this one is in place.</exception>
    /// <param name="files">Where it is written.</param>
    /// <param name="directory">Folder of the parts.</param>
    /// <param name="beforeRename">Called when the new content is synced and the old one still in place.</param>
    public void Save(IFileSystem files, string directory, Action? beforeRename = null) =>
        DurableFile.Replace(files, Path.Combine(directory, FileName), Encoding.UTF8.GetBytes(ManifestText.Format(this)), beforeRename);

    /// <summary>The manifest after a step: some parts gone, others come.</summary>
    /// <exception cref="ArgumentException">A removed part is not named here, or an added one is already.</exception>
    public PartManifest With(IReadOnlyCollection<PartId> removed, IReadOnlyCollection<PartInfo> added)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(added);
        var byId = Parts.ToDictionary(part => part.Id);
        ulong next = NextId.Value;
        foreach (PartId id in removed)
        {
            if (!byId.Remove(id))
            {
                throw new ArgumentException($"part {id} is not in the manifest", nameof(removed));
            }
        }

        foreach (PartInfo part in added)
        {
            if (!byId.TryAdd(part.Id, part))
            {
                throw new ArgumentException($"part {part.Id} is in the manifest already", nameof(added));
            }

            next = Math.Max(next, part.Id.Value + 1);
        }

        return Create(byId.Values, new(next), Properties, Dropped.RemoveRange(removed));
    }

    /// <summary>The manifest with its next number taken.</summary>
    public PartManifest TakeId(out PartId id)
    {
        id = NextId;
        return new(Parts, new(NextId.Value + 1), Properties, Dropped);
    }

    /// <summary>The manifest with a property set; null removes it.</summary>
    public PartManifest WithProperty(string key, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new(Parts, NextId, value is null ? Properties.Remove(key) : Properties.SetItem(key, value), Dropped);
    }

    /// <summary>The manifest with a tenant's rows in some parts no longer counting; see <see cref="Dropped"/>.</summary>
    /// <exception cref="ArgumentException">A part is not named here.</exception>
    public PartManifest WithDropped(TenantId tenant, IReadOnlyCollection<PartId> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var known = Parts.Select(static part => part.Id).ToHashSet();
        ImmutableSortedDictionary<PartId, ImmutableSortedSet<TenantId>> dropped = Dropped;
        foreach (PartId id in parts)
        {
            if (!known.Contains(id))
            {
                throw new ArgumentException($"part {id} is not in the manifest", nameof(parts));
            }

            dropped = dropped.SetItem(id, DroppedFrom(id).Add(tenant));
        }

        return new(Parts, NextId, Properties, dropped);
    }

    /// <summary>The manifest with its next number at least at the given one.</summary>
    public PartManifest WithNextId(PartId id) => id <= NextId ? this : new(Parts, id, Properties, Dropped);

    /// <summary>Tenants whose rows in the part no longer count.</summary>
    public ImmutableSortedSet<TenantId> DroppedFrom(PartId id) => Dropped.GetValueOrDefault(id, []);

    /// <summary>Removes files of the folder that this manifest does not name: unfinished or replaced parts and temporary files. Sub-folders stay.</summary>
    /// <returns>Names of the removed files.</returns>
    public IReadOnlyList<string> RemoveUnknownFiles(IFileSystem files, string directory)
    {
        ArgumentNullException.ThrowIfNull(files);
        var known = Parts.Select(part => part.Id.FileName).Append(FileName).ToHashSet(StringComparer.Ordinal);
        var removed = new List<string>();
        foreach (string path in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            string name = Path.GetFileName(path);
            bool ours = name.EndsWith(PartId.FileSuffix, StringComparison.Ordinal) || name.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal);
            if (ours && !known.Contains(name))
            {
                files.DeleteFile(path);
                removed.Add(name);
            }
        }

        if (removed.Count > 0)
        {
            files.SyncDirectory(directory);
        }

        return removed;
    }

    internal static PartManifest Create(
        IEnumerable<PartInfo> parts,
        PartId nextId,
        ImmutableSortedDictionary<string, string> properties,
        ImmutableSortedDictionary<PartId, ImmutableSortedSet<TenantId>> dropped) =>
        new([.. parts.OrderBy(part => part.Id)], nextId, properties, dropped);
}
