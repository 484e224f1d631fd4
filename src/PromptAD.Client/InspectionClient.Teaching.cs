namespace PromptAD.Client;

/// <content>Products, pictures, jobs and versions; all but reading needs the role of an engineer.</content>
public sealed partial class InspectionClient
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>All products.</summary>
    public Task<IReadOnlyList<ProductInfo>> ListProductsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ProductInfo>>("/api/products", cancellation);

    /// <summary>A product.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task<ProductInfo> GetProductAsync(string product, CancellationToken cancellation = default) =>
        GetAsync<ProductInfo>($"/api/products/{Uri.EscapeDataString(product)}", cancellation);

    /// <summary>Makes a product.</summary>
    /// <exception cref="InspectionServiceException">Its id cannot be, or is taken.</exception>
    public Task<ProductInfo> CreateProductAsync(NewProduct product, CancellationToken cancellation = default) =>
        SendAsync<ProductInfo>(HttpMethod.Post, "/api/products", product, cancellation);

    /// <summary>Adds a picture that a product is taught with; the same one is kept once.</summary>
    /// <param name="product">The product.</param>
    /// <param name="picture">The bytes of a picture file.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="name">What its file is called; null for nothing.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">It is no picture, or there is no such product.</exception>
    public async Task<PictureInfo> AddPictureAsync(
        string product, byte[] picture, PictureUse use = PictureUse.Good, string? name = null, CancellationToken cancellation = default)
    {
        string query = $"?use={use}{(name is null ? "" : $"&name={Uri.EscapeDataString(name)}")}";
        using ByteArrayContent content = Bytes(picture, mediaType: null);
        return await SendAsync<PictureInfo>(
            HttpMethod.Post, $"/api/products/{Uri.EscapeDataString(product)}/pictures{query}", content, cancellation).ConfigureAwait(false);
    }

    /// <summary>Adds several pictures in one request, 64 at most as the service is usually set up.</summary>
    /// <param name="product">The product.</param>
    /// <param name="pictures">The pictures; what the part is called names the picture.</param>
    /// <param name="use">What they are for.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>What became of each picture, in their order.</returns>
    /// <exception cref="InspectionServiceException">There is no such product, or the request is too large.</exception>
    public async Task<IReadOnlyList<AddedPicture>> AddPicturesAsync(
        string product, IReadOnlyList<BatchPicture> pictures, PictureUse use = PictureUse.Good, CancellationToken cancellation = default)
    {
        using var form = new MultipartFormDataContent();
        foreach (BatchPicture picture in pictures) form.Add(Bytes(picture.Bytes, picture.MediaType), "picture", picture.Part ?? "picture");
        return await SendAsync<IReadOnlyList<AddedPicture>>(
            HttpMethod.Post, $"/api/products/{Uri.EscapeDataString(product)}/pictures/batch?use={use}", form, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Begins a job.</summary>
    /// <exception cref="InspectionServiceException">It cannot be, or the same one waits already.</exception>
    public Task<JobInfo> StartJobAsync(string product, NewJob job, CancellationToken cancellation = default) =>
        SendAsync<JobInfo>(HttpMethod.Post, $"/api/products/{Uri.EscapeDataString(product)}/jobs", job, cancellation);

    /// <summary>A job as it is now.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task<JobInfo> GetJobAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<JobInfo>(Path($"/api/jobs/{id}"), cancellation);

    /// <summary>Waits until a job has ended, well or not.</summary>
    /// <param name="id">The job.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <param name="cancellation">Stops waiting; the job goes on.</param>
    public async Task<JobInfo> WaitForJobAsync(long id, IProgress<JobInfo>? progress = null, CancellationToken cancellation = default)
    {
        while (true)
        {
            JobInfo job = await GetJobAsync(id, cancellation).ConfigureAwait(false);
            progress?.Report(job);
            if (job.State is not (JobState.Pending or JobState.Running)) return job;
            await Task.Delay(BetweenLooks, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The versions of a product, the latest first.</summary>
    /// <exception cref="InspectionServiceException">There is no such product.</exception>
    public Task<IReadOnlyList<VersionInfo>> ListVersionsAsync(string product, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<VersionInfo>>($"/api/products/{Uri.EscapeDataString(product)}/versions", cancellation);

    /// <summary>What moved limits would have said of the latest inspections; nothing is changed. Needs the role of an operator.</summary>
    /// <param name="product">The product.</param>
    /// <param name="version">The version whose limits would move.</param>
    /// <param name="limits">Where they would lie.</param>
    /// <param name="last">How many inspections to look at.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">There is no such version, or limits cannot be found so.</exception>
    public Task<LimitPreview> PreviewLimitsAsync(
        string product, int version, LimitRates limits, int last = 1000, CancellationToken cancellation = default) =>
        SendAsync<LimitPreview>(
            HttpMethod.Post,
            $"/api/products/{Uri.EscapeDataString(product)}" + Path($"/versions/{version}/limits/preview?last={last}"), limits,
            cancellation);

    /// <summary>How stored scores are spread. Needs the role of an operator.</summary>
    /// <param name="product">The product.</param>
    /// <param name="version">The version; null for the one in force.</param>
    /// <param name="limit">How many inspections to look at, the latest.</param>
    /// <param name="bins">Into how many bins.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<ScoreHistogram> GetScoresAsync(
        string product, int? version = null, int limit = 1000, int bins = 50, CancellationToken cancellation = default) =>
        GetAsync<ScoreHistogram>(
            $"/api/products/{Uri.EscapeDataString(product)}" + Path($"/scores?limit={limit}&bins={bins}")
            + (version is { } number ? Path($"&version={number}") : ""), cancellation);

    /// <summary>Puts a version in force; an earlier one rolls back.</summary>
    /// <exception cref="InspectionServiceException">There is no such product or version.</exception>
    public Task<ProductInfo> ActivateAsync(string product, int version, CancellationToken cancellation = default) => SendAsync<ProductInfo>(
        HttpMethod.Post, $"/api/products/{Uri.EscapeDataString(product)}/activate", new Activation(version), cancellation);

    /// <summary>The same, where the product is still as it was read.</summary>
    /// <param name="product">The product.</param>
    /// <param name="version">The version.</param>
    /// <param name="revision">The revision that was read.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">As above, or somebody else has changed the product meanwhile (412).</exception>
    public Task<ProductInfo> ActivateAsync(string product, int version, int revision, CancellationToken cancellation = default) =>
        SendAsync<ProductInfo>(HttpMethod.Post, ProductPath(product) + "/activate", new Activation(version), cancellation, revision);

    /// <summary>Renames a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="revision">The revision that was read.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">Somebody else has changed the product meanwhile (412).</exception>
    public Task<ProductInfo> RenameProductAsync(string product, string name, int revision, CancellationToken cancellation = default) =>
        SendAsync<ProductInfo>(Patch, ProductPath(product), new ProductChange(name), cancellation, revision);

    /// <summary>Moves limits, which makes a version.</summary>
    /// <param name="product">The product.</param>
    /// <param name="version">The version whose limits move.</param>
    /// <param name="limits">Where they are to lie.</param>
    /// <param name="activate">Whether the new version is put in force.</param>
    /// <param name="revision">The revision of the product that was read; null to move them whoever was faster.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">Limits cannot lie so, or somebody else has changed the product (412).</exception>
    public Task<VersionInfo> MoveLimitsAsync(
        string product, int version, LimitRates limits, bool activate, int? revision = null, CancellationToken cancellation = default) =>
        SendAsync<VersionInfo>(
            HttpMethod.Post, ProductPath(product) + Path($"/versions/{version}/limits?activate={(activate ? "true" : "false")}"), limits,
            cancellation, revision);

    /// <summary>What differs between two versions. Needs the role of an operator.</summary>
    /// <exception cref="InspectionServiceException">There is no such version.</exception>
    public Task<IReadOnlyList<VersionDifference>> CompareVersionsAsync(
        string product, int before, int after, CancellationToken cancellation = default) => GetAsync<IReadOnlyList<VersionDifference>>(
            ProductPath(product) + Path($"/versions/{after}/differences?with={before}"), cancellation);

    /// <summary>Takes a recipe of another service as a new version; the product is made where there is none.</summary>
    /// <exception cref="InspectionServiceException">It is no recipe, or it is damaged.</exception>
    public async Task<VersionInfo> ImportRecipeAsync(byte[] recipe, CancellationToken cancellation = default)
    {
        using ByteArrayContent content = Bytes(recipe, mediaType: null);
        return await SendAsync<VersionInfo>(HttpMethod.Post, "/api/recipes", content, cancellation).ConfigureAwait(false);
    }

    /// <summary>The pictures that a product is taught with. Needs the role of an operator.</summary>
    /// <param name="product">The product.</param>
    /// <param name="use">What they are for; null for all.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<IReadOnlyList<PictureInfo>> ListPicturesAsync(
        string product, PictureUse? use = null, CancellationToken cancellation = default) => GetAsync<IReadOnlyList<PictureInfo>>(
            ProductPath(product) + "/pictures" + (use is { } one ? $"?use={one}" : ""), cancellation);

    /// <summary>Takes a picture out; versions that learned from it stay.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task RemovePictureAsync(string product, long picture, CancellationToken cancellation = default) =>
        DeleteAsync(ProductPath(product) + Path($"/pictures/{picture}"), cancellation);

    /// <summary>What a version says of a picture that is kept; nothing is changed. Needs the role of an operator.</summary>
    /// <param name="product">The product.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="version">The version; null for the one in force.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">There is no such picture or version, or it cannot be judged.</exception>
    public Task<PictureTrial> TryPictureAsync(
        string product, long picture, int? version = null, CancellationToken cancellation = default) => GetAsync<PictureTrial>(
            ProductPath(product) + Path($"/pictures/{picture}/trial") + (version is { } number ? Path($"?version={number}") : ""),
            cancellation);

    /// <summary>Jobs, the latest first. Needs the role of an operator.</summary>
    /// <param name="product">Of one product; null for all.</param>
    /// <param name="limit">How many at most, 1 to 500.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<Page<JobInfo>> ListJobsAsync(string? product = null, int limit = 50, CancellationToken cancellation = default) =>
        GetAsync<Page<JobInfo>>(
            Path($"/api/jobs?limit={limit}") + (product is null ? "" : $"&product={Uri.EscapeDataString(product)}"), cancellation);

    /// <summary>Asks a job to stop; its state says when it has.</summary>
    /// <exception cref="InspectionServiceException">It has ended already.</exception>
    public Task<JobInfo> CancelJobAsync(long id, CancellationToken cancellation = default) =>
        SendAsync<JobInfo>(HttpMethod.Post, Path($"/api/jobs/{id}/cancel"), null, cancellation);

    /// <summary>Asks for the same job once more.</summary>
    /// <exception cref="InspectionServiceException">It has not ended yet.</exception>
    public Task<JobInfo> RetryJobAsync(long id, CancellationToken cancellation = default) =>
        SendAsync<JobInfo>(HttpMethod.Post, Path($"/api/jobs/{id}/retry"), null, cancellation);

    private static string ProductPath(string product) => $"/api/products/{Uri.EscapeDataString(product)}";
}
