using RemoteStore.ObjectStore.S3;

namespace RemoteStore.BlockStore.Places;

/// <summary>Keys for S3 from a file as Amazon's tools have it: lines <c>name = value</c>, of which the first of a name counts; headings and comments are passed over.</summary>
internal static class S3CredentialsFile
{
    private const string AccessKey = "aws_access_key_id";
    private const string SecretKey = "aws_secret_access_key";

    /// <summary>Options with the keys of the file in place of their own.</summary>
    /// <exception cref="IOException">The file cannot be read, or lacks a key. The message names the option.</exception>
    public static S3Options Read(S3Options options, string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"storage.object-store.s3.credentials-file: {e.Message}", e);
        }

        return options with { AccessKey = Find(lines, AccessKey, path), SecretKey = Find(lines, SecretKey, path) };
    }

    private static string Find(string[] lines, string name, string path)
    {
        foreach (string line in lines)
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[..equals].Trim() == name && line[(equals + 1)..].Trim() is { Length: > 0 } value)
            {
                return value;
            }
        }

        throw new IOException($"storage.object-store.s3.credentials-file: {path} has no line {name} = …");
    }
}
