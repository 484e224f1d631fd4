using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Operations;

/// <summary>What administrators see of the service itself, and how they search the audit trail and remove users.</summary>
public sealed class StateTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Storage_tells_what_is_free_and_what_is_taken(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind, "--Service:KeepOkDays=30", "--Service:ReserveMegabytes=1");
        await service.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        await service.SendPictureAsync("/api/products/plate/pictures", TestPictures.Good(2));

        StorageInfo told = await GetAsync<StorageInfo>(service.Administrator, "/api/storage");

        Assert.Equal((kind, 1, 1, 1, 30, 0), (told.DatabaseKind, told.Inspections, told.Pictures, told.TeachingPictures, told.KeepOkDays, told.KeepOtherDays));
        Assert.Equal((3, 1_000_000), (told.FileCount, told.Reserve));
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(Folder, "files"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), told.Files);
        Assert.Equal(judged.Received, told.Oldest);
        Assert.True(told.Database > 10_000);
        Assert.InRange(told.Free, 1, told.Disk);
        HttpClient engineer = await service.WithKeyAsync("line-1", Role.Engineer);
        foreach (string path in (string[])["storage", "log", "audit"]) Assert.Equal(HttpStatusCode.Forbidden, (await engineer.GetAsync($"/api/{path}")).StatusCode);
    }

    [Fact]
    public async Task The_log_keeps_the_latest_warnings_and_errors()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        ILogger log = service.Services.GetRequiredService<ILoggerFactory>().CreateLogger("PromptAD.Server.Test");
        log.Log(LogLevel.Information, default, "said in passing", null, (text, _) => text);
        for (int i = 0; i < RecentLog.Most; i++) log.Log(LogLevel.Warning, default, $"warning {i}", null, (text, _) => text);
        log.Log(LogLevel.Error, default, "It fails", new InvalidOperationException("Host=db;Password=hunter2;Timeout=3\nat Somewhere"), (text, _) => text);

        LogLine[] lines = await GetAsync<LogLine[]>(service.Administrator, "/api/log");

        Assert.Equal(RecentLog.Most, lines.Length);
        Assert.Equal(("Error", "PromptAD.Server.Test", "It fails: Host=db;Password=***;Timeout=3"), (lines[0].Level, lines[0].Source, lines[0].Message));
        Assert.Equal(("Warning", "warning 499", "warning 1"), (lines[1].Level, lines[1].Message, lines[^1].Message));
    }

    [Theory]
    [InlineData("Authorization: Bearer abc.def failed", "Authorization: *** failed")]
    [InlineData("token=\"a b\", next", "token=***, next")]
    [InlineData("two\r\nlines", "two lines")]
    [InlineData("The picture of part SN-1 is damaged.", "The picture of part SN-1 is damaged.")]
    public void Secrets_do_not_stay_in_the_log(string text, string expected) => Assert.Equal(expected, RecentLog.Plain(text));

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task The_audit_trail_is_searched_by_who_what_and_when(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        await service.ImportAsync("plate", backbone);

        Assert.Equal(["version.activated", "version.created", "product.created"], await FindAsync("what=PRODUCT%20plate"));
        Assert.Equal(["user.created"], await FindAsync("who=setup"));
        Assert.Equal(["user.signed-in"], await FindAsync("who=ANNA&what=user."));
        Assert.Empty(await FindAsync("who=%25"));
        string tomorrow = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddDays(1).ToString("O"));
        Assert.Empty(await FindAsync($"from={tomorrow}"));
        Assert.Equal(5, (await FindAsync($"to={tomorrow}")).Length);

        async Task<string[]> FindAsync(string query) =>
            [.. (await GetAsync<Page<AuditEntry>>(service.Administrator, $"/api/audit?{query}")).Items.Select(one => one.Action)];
    }

    [Fact]
    public async Task A_removed_user_is_out_at_once()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Operator));
        using var bert = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = service.Address };
        await Ok(bert.PostAsJsonAsync("/api/sign-in", new SignIn("bert", Password), ServiceJson.Options));
        for (int i = 0; i < 5; i++) await service.Anonymous.PostAsJsonAsync("/api/sign-in", new SignIn("bert", "a wrong password"), ServiceJson.Options);
        Assert.NotNull((await GetAsync<UserInfo[]>(service.Administrator, "/api/users")).Single(one => one.Name == "bert").LockedUntil);
        Assert.Equal(HttpStatusCode.Forbidden, (await bert.DeleteAsync("/api/users/anna")).StatusCode);

        await Ok(service.Administrator.DeleteAsync("/api/users/bert"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await bert.GetAsync("/api/account")).StatusCode);
        Assert.Equal("anna", Assert.Single(await GetAsync<UserInfo[]>(service.Administrator, "/api/users")).Name);
        Assert.Contains("no user 'bert'", await Refused(HttpStatusCode.NotFound, service.Administrator.DeleteAsync("/api/users/bert")));
        Assert.Contains("only administrator", await Refused(HttpStatusCode.Conflict, service.Administrator.DeleteAsync("/api/users/anna")));
        Assert.Equal("user.removed", (await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit?limit=1")).Items[0].Action);
    }

    private async Task<ServiceUnderTest> StartAsync(string kind, params string[] settings)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        return await ServiceUnderTest.StartAsync(Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null, settings);
    }
}
