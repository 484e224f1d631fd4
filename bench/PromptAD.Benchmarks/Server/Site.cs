using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Benchmarks.Server;

/// <summary>
/// A service with a data folder of its own, an administrator and keys, all made through the public interface. It may be killed
/// and started again under the same address.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private const string Name = "anna", Password = "a long password";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly List<string> command;
    private readonly HttpClient administrator;
    private ServiceProcess? service;
    private string stationKey = "", reviewerKey = "";

    private Site(string store, string[] settings, IReadOnlyList<string> before, IReadOnlyList<string> program)
    {
        Folder = Directory.CreateTempSubdirectory("promptad-bench-service-").FullName;
        Address = new Uri($"http://127.0.0.1:{PostgresCluster.FreePort()}");
        Entrance = Address;
        administrator = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = Address };
        command =
        [
            .. before.Select(one => one.Replace("{folder}", Folder, StringComparison.Ordinal)), .. program, $"--urls={Address}",
            $"--data={Folder}", $"--store={store}", "--Service:RequestsPerSecond=100000", .. settings,
        ];
    }

    /// <summary>The data folder; deleted at the end.</summary>
    public string Folder { get; }

    public Uri Address { get; }

    /// <summary>Where stations and reviewers ask: the service's address, or that of what stands before several nodes.</summary>
    public Uri Entrance { get; set; }

    /// <summary>The running service.</summary>
    public ServiceProcess Service => service ?? throw new InvalidOperationException("The service is not running.");

    /// <summary>Starts a service and makes administrator and key.</summary>
    /// <param name="store">The backbones.</param>
    /// <param name="settings">Such as "--Service:QueueLength=8".</param>
    /// <param name="before">What the program is started by; <c>{folder}</c> stands for the data folder. Null for nothing.</param>
    /// <param name="program">The program; null for the service.</param>
    public static async Task<Site> OpenAsync(
        string store, string[]? settings = null, IReadOnlyList<string>? before = null, IReadOnlyList<string>? program = null)
    {
        var site = new Site(store, settings ?? [], before ?? [], program ?? [ServiceProcess.Program]);
        try
        {
            await site.StartAsync();
            await site.SetUpAsync();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the service, after <see cref="KillAsync"/> again.</summary>
    /// <returns>The time from the start of the process to its being ready.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        service = await ServiceProcess.StartAsync(command, Address);
        return service.StartTime;
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        await using ServiceProcess ended = Service;
        service = null;
        await ended.KillAsync();
    }

    /// <summary>A station's client.</summary>
    /// <param name="patience">How long a picture is sent again where the service is away or its queue full.</param>
    public InspectionClient Station(TimeSpan patience) => Station(Entrance, patience);

    /// <summary>A station's client at one of several nodes.</summary>
    public InspectionClient Station(Uri node, TimeSpan patience) => new(node, stationKey, new InspectionClientOptions { Patience = patience });

    /// <summary>The client of somebody who reviews.</summary>
    public InspectionClient Reviewer() => new(Entrance, reviewerKey);

    /// <summary>Brings a detector as a product's version in force.</summary>
    public async Task ImportAsync(string product, Detector detector)
    {
        using var content = new ByteArrayContent(Recipe(product, detector));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        await OkAsync(administrator.PostAsync("/api/recipes", content));
    }

    /// <summary>Whether the audit trail is whole.</summary>
    public async Task<AuditCheck> CheckAuditAsync() =>
        (await (await OkAsync(administrator.GetAsync("/api/audit/check"))).Content.ReadFromJsonAsync<AuditCheck>(Json))!;

    /// <summary>What the service tells monitoring, by name and labels.</summary>
    public async Task<IReadOnlyList<string>> MetricsAsync() =>
        (await (await OkAsync(administrator.GetAsync("/metrics"))).Content.ReadAsStringAsync()).Split('\n');

    /// <summary>How the sinks fare.</summary>
    public async Task<SinkInfo[]> SinksAsync() =>
        (await (await OkAsync(administrator.GetAsync("/api/sinks"))).Content.ReadFromJsonAsync<SinkInfo[]>(Json))!;

    public async ValueTask DisposeAsync()
    {
        if (service is not null) await service.DisposeAsync();
        administrator.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task SetUpAsync()
    {
        var waited = Stopwatch.StartNew();
        while (Service.SetupToken is null && waited.Elapsed < Patience) await Task.Delay(10); // it is printed after the first answer
        string token = Service.SetupToken ?? throw new InvalidOperationException($"The service prints no link. It said:\n{Service.Said}");
        await OkAsync(administrator.PostAsJsonAsync("/api/setup", new FirstAdministrator(token, Name, Password), Json));
        await OkAsync(administrator.PostAsJsonAsync("/api/sign-in", new SignIn(Name, Password), Json));
        stationKey = await NewKeyAsync(new NewKey("line-1"));
        reviewerKey = await NewKeyAsync(new NewKey("reviewer", Role.Operator));
    }

    private async Task<string> NewKeyAsync(NewKey wanted)
    {
        HttpResponseMessage made = await OkAsync(administrator.PostAsJsonAsync("/api/keys", wanted, Json));
        return (await made.Content.ReadFromJsonAsync<CreatedKey>(Json))!.Key;
    }

    private static byte[] Recipe(string product, Detector detector)
    {
        using var file = new MemoryStream();
        detector.Save(file);
        byte[] bytes = file.ToArray();
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var header = new
            {
                Format = 1,
                Product = product,
                Name = product,
                Version = 1,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                Created = DateTime.UtcNow,
            };
            using (Stream entry = archive.CreateEntry("recipe.json").Open()) JsonSerializer.Serialize(entry, header, Json);
            using (Stream entry = archive.CreateEntry("detector.promptad", CompressionLevel.NoCompression).Open()) entry.Write(bytes);
        }
        return stream.ToArray();
    }

    private static async Task<HttpResponseMessage> OkAsync(Task<HttpResponseMessage> sending)
    {
        HttpResponseMessage answer = await sending;
        if (answer.IsSuccessStatusCode) return answer;
        throw new InvalidOperationException(
            $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
