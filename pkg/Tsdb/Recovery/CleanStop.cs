using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Recovery;

/// <summary>A mark that the last stop saved everything, and that the states of series tell of every stored sample. It is taken away before anything can change.</summary>
internal static class CleanStop
{
    private const string FileName = "clean-stop";

    /// <summary>Leaves the mark.</summary>
    public static void Mark(TsdbOptions options, IFileSystem files) => DurableFile.Replace(files, Path.Combine(options.DataDirectory, FileName), "1\n"u8);

    /// <summary>Takes the mark away and tells whether it was there.</summary>
    public static bool TakeMark(TsdbOptions options, IFileSystem files)
    {
        string path = Path.Combine(options.DataDirectory, FileName);
        if (!File.Exists(path))
        {
            return false;
        }

        files.DeleteFile(path);
        files.SyncDirectory(options.DataDirectory);
        return true;
    }
}
