using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>The real service on a free port of the loopback address, with an administrator who is signed in.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    public const string Name = "anna", Password = "a long password";

    private readonly WebApplication app;
    private bool isDisposed;

    private ServiceUnderTest(WebApplication app)
    {
        this.app = app;
        Address = new Uri(app.Urls.Single());
        Anonymous = new HttpClient { BaseAddress = Address };
        Administrator = new HttpClient(new HttpClientHandler { CookieContainer = Cookies }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Anonymous { get; }

    public HttpClient Administrator { get; }

    /// <summary>The administrator's.</summary>
    public CookieContainer Cookies { get; } = new();

    public IServiceProvider Services => app.Services;

    /// <summary>Starts it on an empty or a used data folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="backbone">The backbone store.</param>
    /// <param name="database">PostgreSQL's connection string; null for SQLite.</param>
    /// <param name="settings">Further arguments, such as "--Service:QueueLength=1".</param>
    /// <param name="configure">Changes services.</param>
    /// <param name="setUp">Whether it has an administrator, who is signed in.</param>
    public static async Task<ServiceUnderTest> StartAsync(
        string folder, TinyBackbone backbone, string? database = null, string[]? settings = null, Action<IServiceCollection>? configure = null,
        bool setUp = true)
    {
        List<string> args =
        [
            "--urls=http://127.0.0.1:0", $"--data={folder}", $"--store={backbone.Folder}", $"--backbone={TinyBackbone.Id}",
            "--Service:LoginsPerMinute=1000", "--Service:RequestsPerSecond=100000", "--Service:ReserveMegabytes=0", .. settings ?? [],
        ];
        if (database is not null) args.Add($"--database={database}");
        WebApplication app = ServerApplication.Build([.. args], configure);
        await Start.PrepareAsync(app.Services, CancellationToken.None);
        await app.StartAsync();
        var service = new ServiceUnderTest(app);
        if (!setUp) return service;
        if (!await app.Services.GetRequiredService<Users>().AnyAsync(CancellationToken.None))
        {
            string token = app.Services.GetRequiredService<SetupToken>().Text;
            await Ok(service.Anonymous.PostAsJsonAsync("/api/setup", new FirstAdministrator(token, Name, Password), ServiceJson.Options));
        }
        await Ok(service.Administrator.PostAsJsonAsync("/api/sign-in", new SignIn(Name, Password), ServiceJson.Options));
        return service;
    }

    /// <summary>A client with a new key.</summary>
    public async Task<HttpClient> WithKeyAsync(string name, Role role = Role.Station)
    {
        CreatedKey key = await PostAsync<CreatedKey>(Administrator, "/api/keys", new NewKey(name, role));
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
        return client;
    }

    /// <summary>A product that has learned from some good pictures, with a version in force.</summary>
    public async Task<JobInfo> TeachAsync(string product, int pictures = 4)
    {
        await PostAsync<ProductInfo>(Administrator, "/api/products", new NewProduct(product, product));
        for (int i = 0; i < pictures; i++) await SendPictureAsync($"/api/products/{product}/pictures?name=good-{i}", TestPictures.Good(i));
        return await DoAsync(product, new NewJob { Kind = JobKind.Train });
    }

    /// <summary>A product with a version in force, without the time of a training.</summary>
    public async Task ImportAsync(string product, TinyBackbone backbone)
    {
        var row = new ProductRow { Id = product, Name = product, Created = DateTime.UtcNow };
        var version = new VersionRow
        {
            ProductId = product,
            Number = 1,
            Origin = VersionOrigin.Trained,
            FileHash = FileStore.HashOf(backbone.Detector),
            FileLength = backbone.Detector.Length,
            Description = "{}",
            CreatedBy = Name,
            Created = DateTime.UtcNow,
        };
        await Ok(Administrator.PostAsync("/api/recipes", Bytes(RecipeFile.Write(row, version, backbone.Detector), RecipeFile.MediaType)));
    }

    /// <summary>Does a job to its end.</summary>
    public async Task<JobInfo> DoAsync(string product, NewJob wanted)
    {
        JobInfo job = await PostAsync<JobInfo>(Administrator, $"/api/products/{product}/jobs", wanted);
        return await EndOfAsync(job.Id);
    }

    /// <summary>A job once it has ended.</summary>
    public async Task<JobInfo> EndOfAsync(long id)
    {
        for (int i = 0; i < 1200; i++)
        {
            JobInfo job = await GetAsync<JobInfo>(Administrator, $"/api/jobs/{id}");
            if (job.State is not (JobState.Pending or JobState.Running)) return job;
            await Task.Delay(50);
        }
        throw new TimeoutException($"job {id} does not end");
    }

    /// <summary>Sends a picture to teach with.</summary>
    public async Task<PictureInfo> SendPictureAsync(string path, byte[] picture) =>
        await ReadAsync<PictureInfo>(await Ok(Administrator.PostAsync(path, Bytes(picture))));

    /// <summary>Sends a picture to be judged.</summary>
    public static Task<HttpResponseMessage> InspectAsync(HttpClient client, string product, byte[] picture, string query = "", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/products/{product}/inspections{query}") { Content = Bytes(picture) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request);
    }

    /// <summary>Sends a picture to be judged, and reads the verdict.</summary>
    public static async Task<InspectionResult> JudgeAsync(HttpClient client, string product, byte[] picture, string query = "", string? key = null) =>
        await ReadAsync<InspectionResult>(await Ok(InspectAsync(client, product, picture, query, key)));

    public static ByteArrayContent Bytes(byte[] picture, string type = "image/bmp")
    {
        var content = new ByteArrayContent(picture);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public static async Task<T> PostAsync<T>(HttpClient client, string path, object body) =>
        await ReadAsync<T>(await Ok(client.PostAsJsonAsync(path, body, ServiceJson.Options)));

    public static async Task<T> GetAsync<T>(HttpClient client, string path) => await ReadAsync<T>(await Ok(client.GetAsync(path)));

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<T>(ServiceJson.Options))!;

    /// <summary>An answer that says what it should; anything else fails with what it says.</summary>
    public static async Task<HttpResponseMessage> Ok(Task<HttpResponseMessage> sending)
    {
        HttpResponseMessage response = await sending;
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return response;
    }

    /// <summary>Expects a refusal in one line.</summary>
    /// <returns>What it says.</returns>
    public static async Task<string> Refused(HttpStatusCode status, Task<HttpResponseMessage> sending)
    {
        HttpResponseMessage response = await sending;
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        string detail = JsonElement.Parse(body).GetProperty("detail").GetString()!;
        Assert.DoesNotContain('\n', detail);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        return detail;
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        Anonymous.Dispose();
        Administrator.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
