using System.CommandLine;
using RemoteStore.BlockStore.Places;
using RemoteStore.Options;
using RemoteStore.Server.Options;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Tool;

/// <summary>The tool finds a bucket by the words that the server finds it by.</summary>
public sealed class BucketOptionsTests
{
    private static readonly string[] s_s3 =
    [
        "--storage.object-store.backend=s3", "--storage.object-store.s3.endpoint=10.0.0.1:9000", "--storage.object-store.s3.bucket", "metrics",
        "--storage.object-store.s3.tls=false", "--storage.object-store.prefix", "env/prod",
    ];

    private static readonly Dictionary<string, string> s_keys = new(StringComparer.Ordinal)
    {
        ["REMOTESTORE_STORAGE_OBJECT_STORE_S3_ACCESS_KEY"] = "who",
        ["REMOTESTORE_STORAGE_OBJECT_STORE_S3_SECRET_KEY"] = "from the environment",
    };

    [Fact]
    public void Options_OfTheServer_AreThoseOfTheTool()
    {
        foreach (OptionDescriptor<ObjectStoreOptions> setting in ObjectStoreSettings.All)
        {
            OptionDescriptor<RemoteStoreOptions> option = OptionTable.All.Single(option => option.Name == setting.Name);
            option.EnvironmentName.ShouldBe(setting.EnvironmentName);
            option.Help.ShouldBe(setting.Help);
            option.Format(new RemoteStoreOptions()).ShouldBe(setting.Format(new ObjectStoreOptions()));
        }
    }

    [Fact]
    public void Read_FlagsAndEnvironment_FlagsWin()
    {
        ObjectStoreOptions options = Read(s_keys, [.. s_s3, "--storage.object-store.s3.secret-key=from the flag"]);

        options.Backend.ShouldBe(ObjectStoreBackend.S3);
        options.S3.Endpoint.ShouldBe("10.0.0.1:9000");
        options.S3.Bucket.ShouldBe("metrics");
        options.S3.UseTls.ShouldBeFalse();
        options.KeyPrefix.ShouldBe("env/prod/");
        options.S3.AccessKey.ShouldBe("who");
        options.S3.SecretKey.ShouldBe("from the flag");
    }

    [Fact]
    public void Read_WrongValues_AreAllNamed()
    {
        var environment = new Dictionary<string, string>(s_keys, StringComparer.Ordinal) { ["REMOTESTORE_STORAGE_OBJECT_STORE_TIMEOUT"] = "soon" };

        string message = Should.Throw<FormatException>(() =>
            Read(environment, "--storage.object-store.backend=s3", "--storage.object-store.max-attempts=0")).Message;

        message.Split('\n').Length.ShouldBe(4);
        message.ShouldContain("environment REMOTESTORE_STORAGE_OBJECT_STORE_TIMEOUT: ");
        message.ShouldContain("--storage.object-store.max-attempts: must be between 1 and 10000");
        message.ShouldContain("storage.object-store.s3.endpoint must be a host");
        message.ShouldContain("storage.object-store.s3.bucket must be the name of a bucket");
    }

    [Fact]
    public void Read_BucketInMemory_IsRefused() =>
        Should.Throw<FormatException>(static () => Read(s_keys, "--storage.object-store.backend=memory")).Message.ShouldContain("is in no other process");

    [Theory]
    [InlineData("[default]\n# comment\naws_access_key_id = who\naws_secret_access_key=secret=\n", null)]
    [InlineData("aws_access_key_id = who\n", "has no line aws_secret_access_key = …")]
    [InlineData(null, "storage.object-store.s3.credentials-file: ")]
    public void Open_WithKeysInAFile_ReadsThem(string? content, string? fault)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            if (content is not null)
            {
                File.WriteAllText(file, content);
            }

            ObjectStoreOptions options = Read([], [.. s_s3, "--storage.object-store.s3.credentials-file", file]);
            if (fault is null)
            {
                using ObjectStorePlace place = ObjectStorePlace.OpenToRead(options, null, TimeProvider.System);
                place.Bucket.Description.ShouldBe("s3 bucket metrics at 10.0.0.1:9000, below env/prod/");
            }
            else
            {
                Should.Throw<IOException>(() => ObjectStorePlace.OpenToRead(options, null, TimeProvider.System)).Message.ShouldContain(fault);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ObjectStoreOptions Read(Dictionary<string, string> environment, params string[] arguments)
    {
        var command = new Command("any");
        var options = new BucketOptions(command, variable => environment.GetValueOrDefault(variable));
        ParseResult parsed = command.Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        return options.Read(parsed);
    }
}
