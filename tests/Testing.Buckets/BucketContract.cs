using System.Text;
using CsCheck;
using RemoteStore.ObjectStore;
using Shouldly;

namespace RemoteStore.Testing.Buckets;

/// <summary>What every bucket promises, in cases by name, so that the tests of each kind run all of them.</summary>
/// <param name="bucket">The bucket, empty.</param>
/// <param name="nameInErrors">What errors call an object; null = its key.</param>
/// <param name="modelRuns">Generated histories that are tried; fewer where a request costs more.</param>
public sealed class BucketContract(IBucket bucket, Func<string, string>? nameInErrors = null, int modelRuns = 100)
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly string[] s_keys = ["a", "b/c", "b/d", "b-1/x", "b/e/f"];

    /// <summary>The cases.</summary>
    public static IReadOnlyDictionary<string, Func<BucketContract, Task>> Cases { get; } = new Dictionary<string, Func<BucketContract, Task>>(StringComparer.Ordinal)
    {
        [nameof(Read_OfRange_ReturnsItsBytes)] = static contract => contract.Read_OfRange_ReturnsItsBytes(),
        [nameof(Read_BeyondTheEnd_ReturnsWhatThereIs)] = static contract => contract.Read_BeyondTheEnd_ReturnsWhatThereIs(),
        [nameof(Read_OfMissing_Throws)] = static contract => contract.Read_OfMissing_Throws(),
        [nameof(ReadAll_LargerThanAllowed_Throws)] = static contract => contract.ReadAll_LargerThanAllowed_Throws(),
        [nameof(Stat_TellsSize)] = static contract => contract.Stat_TellsSize(),
        [nameof(Write_Again_Replaces)] = static contract => contract.Write_Again_Replaces(),
        [nameof(Write_CreateOnly_RefusesTheSecond)] = static contract => contract.Write_CreateOnly_RefusesTheSecond(),
        [nameof(Write_CreateOnlyByMany_HasOneWinner)] = static contract => contract.Write_CreateOnlyByMany_HasOneWinner(),
        [nameof(Delete_RemovesAndForgivesMissing)] = static contract => contract.Delete_RemovesAndForgivesMissing(),
        [nameof(List_IsInOrderOfKeys)] = static contract => contract.List_IsInOrderOfKeys(),
        [nameof(ListFolders_NamesEachOnce)] = static contract => contract.ListFolders_NamesEachOnce(),
        [nameof(Write_OfManySizes_RoundTrips)] = static contract => contract.Write_OfManySizes_RoundTrips(),
        [nameof(Write_WithBadKey_IsRefused)] = static contract => contract.Write_WithBadKey_IsRefused(),
        [nameof(Keys_OfAllCharacters_ComeBack)] = static contract => contract.Keys_OfAllCharacters_ComeBack(),
        [nameof(Operations_BehaveAsAMapOfBytes)] = static contract => contract.Operations_BehaveAsAMapOfBytes(),
    };

    /// <summary>Runs a case.</summary>
    public Task RunAsync(string name) => Cases[name](this);

    private async Task Read_OfRange_ReturnsItsBytes()
    {
        await PutAsync("tenant/block/chunks", "0123456789");
        byte[] buffer = new byte[4];
        (await bucket.ReadAsync("tenant/block/chunks", 3, buffer, s_none)).ShouldBe(4);
        Encoding.ASCII.GetString(buffer).ShouldBe("3456");
    }

    private async Task Read_BeyondTheEnd_ReturnsWhatThereIs()
    {
        await PutAsync("a", "0123456789");
        foreach ((long offset, int expected) in new[] { (8L, 2), (10L, 0), (1000L, 0) })
        {
            (await bucket.ReadAsync("a", offset, new byte[5], s_none)).ShouldBe(expected, $"at {offset}");
        }
    }

    private async Task Read_OfMissing_Throws()
    {
        (await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAsync("no/such", 0, new byte[1], s_none))).Key.ShouldBe(Name("no/such"));
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAllAsync("no/such", 10, s_none));
    }

    private async Task ReadAll_LargerThanAllowed_Throws()
    {
        await PutAsync("a", "0123456789");
        (await bucket.ReadAllAsync("a", 10, s_none)).Length.ShouldBe(10);
        BucketException thrown = await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAllAsync("a", 9, s_none));
        thrown.Message.ShouldContain("10");
        thrown.IsTransient.ShouldBeFalse();
    }

    private async Task Stat_TellsSize()
    {
        await PutAsync("a/b", "0123456789");
        await PutAsync("empty", "");
        (await bucket.StatAsync("a/b", s_none))!.SizeBytes.ShouldBe(10);
        (await bucket.StatAsync("empty", s_none))!.SizeBytes.ShouldBe(0);
        (await bucket.StatAsync("a", s_none)).ShouldBeNull();
        (await bucket.StatAsync("a/b/c", s_none)).ShouldBeNull();
    }

    private async Task Write_Again_Replaces()
    {
        await PutAsync("a", "old and longer");
        await PutAsync("a", "new");
        Encoding.ASCII.GetString(await bucket.ReadAllAsync("a", 100, s_none)).ShouldBe("new");
    }

    private async Task Write_CreateOnly_RefusesTheSecond()
    {
        await PutAsync("a", "first", WriteMode.CreateOnly);
        (await Should.ThrowAsync<ObjectExistsException>(async () => await PutAsync("a", "second", WriteMode.CreateOnly))).Key.ShouldBe(Name("a"));
        Encoding.ASCII.GetString(await bucket.ReadAllAsync("a", 100, s_none)).ShouldBe("first");
    }

    private async Task Write_CreateOnlyByMany_HasOneWinner()
    {
        if (!bucket.IsCreateAtomic)
        {
            return; // it says so itself; who needs a winner asks first
        }

        int winners = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), async (i, token) =>
        {
            try
            {
                await bucket.WriteAsync("contended", new MemoryContent(new[] { (byte)i }), WriteMode.CreateOnly, token);
                Interlocked.Increment(ref winners);
            }
            catch (ObjectExistsException)
            {
                // the others
            }
        });
        winners.ShouldBe(1);
    }

    private async Task Delete_RemovesAndForgivesMissing()
    {
        await PutAsync("a/b", "x");
        await PutAsync("a/c", "y");
        await bucket.DeleteAsync("a/b", s_none);
        await bucket.DeleteAsync("a/b", s_none);
        await bucket.DeleteAsync("never/was", s_none);
        (await KeysAsync("")).ShouldBe(["a/c"]);
    }

    private async Task List_IsInOrderOfKeys()
    {
        foreach (string key in (string[])["t/b/x", "t-1/a", "t/a.b", "t/a/z", "u"])
        {
            await PutAsync(key, "1");
        }

        (await KeysAsync("")).ShouldBe(["t-1/a", "t/a.b", "t/a/z", "t/b/x", "u"]);
        (await KeysAsync("t/")).ShouldBe(["t/a.b", "t/a/z", "t/b/x"]);
        (await KeysAsync("t/a")).ShouldBe(["t/a.b", "t/a/z"]);
        (await KeysAsync("v")).ShouldBeEmpty();
    }

    private async Task ListFolders_NamesEachOnce()
    {
        foreach (string key in (string[])["a/1", "a/2/x", "a-b/1", "top", "b/c/d/e"])
        {
            await PutAsync(key, "1");
        }

        (await FoldersAsync("")).ShouldBe(["a-b", "a", "b"]);
        (await FoldersAsync("a/")).ShouldBe(["2"]);
        (await FoldersAsync("b/c/")).ShouldBe(["d"]);
        (await FoldersAsync("none/")).ShouldBeEmpty();
        await bucket.DeleteAsync("b/c/d/e", s_none);
        (await FoldersAsync("")).ShouldBe(["a-b", "a"]);
    }

    private async Task Write_OfManySizes_RoundTrips()
    {
        foreach (int size in (int[])[0, 1, 4096, (5 << 20) - 1, 5 << 20, (17 << 20) + 3])
        {
            byte[] bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            await bucket.WriteAsync("sized", new MemoryContent(bytes), WriteMode.Replace, s_none);
            (await bucket.ReadAllAsync("sized", size, s_none)).AsSpan().SequenceEqual(bytes).ShouldBeTrue($"{size} bytes");
            (await bucket.StatAsync("sized", s_none))!.SizeBytes.ShouldBe(size);
        }
    }

    private async Task Write_WithBadKey_IsRefused()
    {
        foreach (string key in (string[])["", "/a", "a//b", "a/../b", "a/", "a b", "ä"])
        {
            await Should.ThrowAsync<ArgumentException>(async () => await PutAsync(key, "x"), $"key \"{key}\"");
        }
    }

    private async Task Keys_OfAllCharacters_ComeBack()
    {
        string[] keys = ["a+b=c&d", "a%20b", "x!'()*~", "t/@:,;$#?", "[]{}|^`\"<>", "%2F/%", "..a/.b"];
        foreach (string key in keys)
        {
            await PutAsync(key, key);
        }

        (await KeysAsync("")).ShouldBe(keys.Order(StringComparer.Ordinal));
        foreach (string key in keys)
        {
            Encoding.ASCII.GetString(await bucket.ReadAllAsync(key, 100, s_none)).ShouldBe(key);
            await bucket.DeleteAsync(key, s_none);
        }

        (await KeysAsync("")).ShouldBeEmpty();
    }

    private async Task Operations_BehaveAsAMapOfBytes()
    {
        Gen<(int Kind, string Key, byte[] Bytes)> operation = Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, s_keys.Length - 1].Select(static i => s_keys[i]), Gen.Byte.Array[0, 20], static (kind, key, bytes) => (kind, key, bytes));
        await operation.Array[1, 30].SampleAsync(
            async operations =>
            {
                foreach (string key in await KeysAsync(""))
                {
                    await bucket.DeleteAsync(key, s_none);
                }

                var model = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
                foreach ((int kind, string key, byte[] bytes) in operations)
                {
                    await ApplyAsync(model, kind, key, bytes);
                }

                (await KeysAsync("")).ShouldBe(model.Keys);
                foreach ((string key, byte[] bytes) in model)
                {
                    (await bucket.ReadAllAsync(key, 100, s_none)).ShouldBe(bytes);
                }
            },
            iter: modelRuns,
            threads: 1);
    }

    private async Task ApplyAsync(SortedDictionary<string, byte[]> model, int kind, string key, byte[] bytes)
    {
        switch (kind)
        {
            case 0:
                await bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);
                model[key] = bytes;
                break;
            case 1 when !model.ContainsKey(key):
                await bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.CreateOnly, s_none);
                model[key] = bytes;
                break;
            case 1:
                await Should.ThrowAsync<ObjectExistsException>(async () => await bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.CreateOnly, s_none));
                break;
            case 2:
                await bucket.DeleteAsync(key, s_none);
                _ = model.Remove(key);
                break;
            default:
                (await bucket.StatAsync(key, s_none))?.SizeBytes.ShouldBe(model[key].Length);
                break;
        }
    }

    private ValueTask PutAsync(string key, string text, WriteMode mode = WriteMode.Replace) =>
        bucket.WriteAsync(key, new MemoryContent(Encoding.ASCII.GetBytes(text)), mode, s_none);

    private async Task<List<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (ObjectAttributes one in bucket.ListAsync(prefix, s_none))
        {
            keys.Add(one.Key);
        }

        return keys;
    }

    private async Task<List<string>> FoldersAsync(string prefix)
    {
        var folders = new List<string>();
        await foreach (string one in bucket.ListFoldersAsync(prefix, s_none))
        {
            folders.Add(one);
        }

        return folders;
    }

    private string Name(string key) => nameInErrors?.Invoke(key) ?? key;
}
