#!/usr/bin/python3
"""Small arrays in files, written by Python: packages/volumes/test/fixtures.

Every array is a formula of its indices, which the tests compute again:

    value = (7·i + 13·i² mod 101) with i = the index in row-major order

Run: python3 scripts/volume-fixtures.py 
(Debian: python3-zarr python3-tifffile python3-numcodecs libtiff-tools)
"""

import json
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np
import numcodecs
import tifffile
import zarr

here = os.path.dirname(os.path.abspath(__file__))
target = os.path.join(here, "../packages/volumes/test/fixtures")


def values(shape, dtype):
    i = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    v = 7 * i + 13 * i * i % 101
    if dtype == np.bool_:
        return v % 2 == 1
    if np.dtype(dtype).kind == "f":
        return (v % 2048 / 4).astype(dtype)
    return (v % 127).astype(dtype)


def path(name):
    return os.path.join(target, name)


def v2(name, dtype, shape=(5, 7), chunks=(3, 4), **options):
    a = zarr.open(path(name), mode="w", shape=shape, chunks=chunks, dtype=dtype, **options)
    a[...] = values(shape, np.dtype(dtype))
    return a


def zarr_v2():
    types = ["|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">f8"]
    types += ["<f2", ">f4", "<f4", "<f8"]
    for dtype in types:
        name = dtype.replace("<", "little-").replace(">", "big-").replace("|", "")
        v2(f"types/{name}.zarr", dtype, compressor=None)
    codecs = {
        "zstd": numcodecs.Zstd(3),
        "gzip": numcodecs.GZip(5),
        "zlib": numcodecs.Zlib(1),
        "lz4": numcodecs.LZ4(),
        "blosc": numcodecs.Blosc(cname="zstd", clevel=3, shuffle=numcodecs.Blosc.BITSHUFFLE),
    }
    for name, codec in codecs.items():
        v2(f"codecs/{name}.zarr", "<f4", compressor=codec)
    v2("codecs/delta.zarr", "<i4", compressor=numcodecs.Zstd(1), filters=[numcodecs.Delta("<i4")])
    v2("codecs/shuffle.zarr", "<f4", compressor=None, filters=[numcodecs.Shuffle(4)])
    v2("codecs/bz2.zarr", "<f4", compressor=numcodecs.BZ2(1))
    v2("fortran.zarr", "<i2", shape=(3, 4, 5), chunks=(2, 3, 2), order="F", compressor=None)
    v2("nested.zarr", "|u1", shape=(3, 4, 5), chunks=(2, 2, 5), dimension_separator="/")
    for name, fill in [("nan", np.nan), ("infinity", np.inf), ("minus-infinity", -np.inf)]:
        zarr.open(path(f"fill/{name}.zarr"), mode="w", shape=(2, 3), chunks=(1, 2), dtype="<f4",
                  fill_value=fill, compressor=None)
    big = zarr.open(path("fill/big-integer.zarr"), mode="w", shape=(2,), chunks=(1,), dtype="<u8",
                    fill_value=2**64 - 1, compressor=None)
    big[1] = 2**53
    a = v2("holes.zarr", "<i2", fill_value=-7, compressor=None)
    os.remove(path("holes.zarr/1.1"))
    a.attrs["note"] = "one chunk was removed"


def image(name):
    """OME-Zarr 0.4 as ome-zarr-py writes it: two levels."""
    g = zarr.open_group(path(name), mode="w")
    for level, shape in enumerate([(2, 4, 6), (2, 2, 3)]):
        a = g.create_dataset(str(level), shape=shape, chunks=(1, 2, 3), dtype="<u2",
                             compressor=numcodecs.Zstd(1), dimension_separator="/")
        a[...] = values(shape, np.uint16)
    def scale(f):
        return [{"type": "scale", "scale": [1, 0.5 * f, 0.5 * f]},
                {"type": "translation", "translation": [0, 0.25 * (f - 1), 0.25 * (f - 1)]}]
    g.attrs["multiscales"] = [{
        "version": "0.4", "name": "cells",
        "axes": [{"name": "z", "type": "space", "unit": "micrometer"},
                 {"name": "y", "type": "space", "unit": "micrometer"},
                 {"name": "x", "type": "space", "unit": "micrometer"}],
        "datasets": [{"path": "0", "coordinateTransformations": scale(1)},
                     {"path": "1", "coordinateTransformations": scale(2)}],
        "coordinateTransformations": [{"type": "scale", "scale": [2, 1, 1]}],
    }]
    g.attrs["omero"] = {"channels": [{"color": "FF0000"}]}


def npy():
    os.makedirs(path("npy"))
    for dtype in ["|b1", "|i1", "<u2", "<u4", "<i8", "<f2", ">f4", "<f8"]:
        name = dtype.replace("<", "little-").replace(">", "big-").replace("|", "")
        np.save(path(f"npy/{name}.npy"), values((3, 4, 5), np.dtype(dtype)))
    np.save(path("npy/fortran.npy"), np.asfortranarray(values((3, 4, 5), np.dtype(">i2"))))
    np.save(path("npy/scalar.npy"), np.float32(7.5))


def float_differences_big():
    """libtiff 4.5 writes this wrongly, so by hand: TIFF technical note 3, high byte first."""
    x = values((10, 14), np.dtype(">f4"))
    planes = x.view(np.uint8).reshape(10, 14, 4).transpose(0, 2, 1).reshape(10, 56)
    data = zlib.compress(np.diff(planes, axis=1, prepend=np.uint8(0)).tobytes())
    tags = [(256, 14), (257, 10), (258, 32), (259, 8), (262, 1), (273, 8), (277, 1), (278, 10),
            (279, len(data)), (317, 3), (339, 3)]
    with open(path("tiff/zip-float-differences-big.tif"), "wb") as file:
        file.write(struct.pack(">2sHI", b"MM", 42, 8 + len(data)) + data)
        file.write(struct.pack(">H", len(tags)))
        for tag, value in tags:
            file.write(struct.pack(">HHII", tag, 4, 1, value))
        file.write(struct.pack(">I", 0))
    subprocess.run(["tiffcp", "-c", "none", file.name, path("tiff/new")], check=True)
    assert np.array_equal(tifffile.imread(path("tiff/new")), x)
    os.remove(path("tiff/new"))


def tiff():
    """By tifffile, and converted by tiffcp of libtiff."""
    os.makedirs(path("tiff"))
    options = {"photometric": "minisblack", "metadata": None}

    def stack(name, shape, dtype, **more):
        tifffile.imwrite(path(f"tiff/{name}.tif"), values(shape, np.dtype(dtype)),
                         **{**options, **more})

    def convert(name, source, *flags):
        subprocess.run(["tiffcp", *flags, path(f"tiff/{source}.tif"), path("tiff/new")], check=True)
        os.rename(path("tiff/new"), path(f"tiff/{name}.tif"))

    for dtype in ["u1", "i1", "u2", "i2", "u4", "f2", "f4", "f8"]:
        stack(f"strips-{dtype}", (3, 10, 14), dtype, rowsperstrip=3)
    stack("big-endian", (3, 10, 14), "u2", byteorder=">", rowsperstrip=1)
    stack("bigtiff", (3, 10, 14), "u2", bigtiff=True)
    stack("tiles", (2, 40, 50), "u2", tile=(16, 32))
    stack("rgb", (3, 10, 14, 3), "u1", photometric="rgb")
    stack("planar", (3, 10, 14), "u2", photometric="rgb", planarconfig="separate", rowsperstrip=4)
    stack("float", (10, 14), "f4")
    stack("many-strips", (400, 3), "u2", byteorder=">")
    convert("many-strips", "many-strips", "-B", "-c", "zip", "-r", "1")
    convert("lzw", "strips-u2", "-c", "lzw", "-r", "3")
    convert("lzw-differences", "strips-u2", "-c", "lzw:2", "-r", "3")
    convert("lzw-differences-big", "strips-u2", "-B", "-c", "lzw:2", "-r", "3")
    convert("zip-float-differences", "float", "-c", "zip:3", "-r", "4")
    float_differences_big()
    convert("zip-tiles-rgb", "rgb", "-c", "zip:2", "-t", "-w", "16", "-l", "16")
    convert("zstd", "strips-f4", "-c", "zstd")
    convert("lerc", "strips-u1", "-c", "lerc")
    convert("packbits", "strips-u1", "-c", "packbits")
    with tifffile.TiffWriter(path("tiff/pyramid.tif")) as writer:
        writer.write(values((10, 14), np.uint16), **options)
        writer.write(values((5, 7), np.uint16), subfiletype=1, **options)
    tifffile.imwrite(path("tiff/imagej.tif"), values((2, 3, 2, 5, 7), np.dtype(">u2")),
                     imagej=True, resolution=(4, 2),
                     metadata={"axes": "TZCYX", "spacing": 0.75, "unit": "um"})
    tifffile.imwrite(path("tiff/ome.ome.tif"), values((2, 3, 5, 7), np.uint16),
                     metadata={"axes": "CZYX", "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "µm",
                               "PhysicalSizeZ": 2, "PhysicalSizeZUnit": "µm"})


shutil.rmtree(target, ignore_errors=True)
os.makedirs(target)
zarr_v2()
image("image.zarr")
npy()
tiff()
print(sum(len(files) for _, _, files in os.walk(target)), "files in", os.path.normpath(target))
